using System.IO.Pipelines;
using System.Net;
using Mainstay.Edge.Counting;
using Mainstay.Edge.Drain;
using Mainstay.Edge.Guards;
using Mainstay.Edge.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mainstay.Edge.Forwarding;

/// <summary>One request as the edge sees it; the only type that knows how the server hands requests over. Reused along an HTTP/1.1 connection.</summary>
internal sealed class EdgeRequest(WorkerDrain drain) : IRequestFacts
{
    private IFeatureCollection _features = null!;
    private IHttpRequestFeature _request = null!;
    private IHttpResponseFeature _response = null!;
    private IHttpResponseBodyFeature _responseBody = null!;
    private IPAddress? _peer;
    private string _peerText = "";
    private TrustedProxies _trusted = TrustedProxies.Nobody;
    private (string Policy, string Limit)? _limit;
    private ResponseRecorder? _recorder;
    private PipeReader? _body;

    public HeadBuffer Head;

    /// <summary>The try under way.</summary>
    public Exchange Exchange;

    public string Method { get; private set; } = "";

    /// <summary>The request target exactly as the client wrote it.</summary>
    public string RawTarget { get; private set; } = "";

    /// <summary>Decoded and without dot segments, for routing only.</summary>
    public string Path => _request.Path;

    public string Query => _request.QueryString;

    public string Scheme => _request.Scheme;

    public string Host { get; private set; } = "";

    public IHeaderDictionary Headers => _request.Headers;

    public IHeaderDictionary ResponseHeaders => _response.Headers;

    public PipeWriter ResponseBody => _recorder ?? _responseBody.Writer;

    public bool HasResponseStarted => _response.HasStarted;

    public bool IsHttp2 { get; private set; }

    /// <summary>A version that knows neither upgrades nor chunks.</summary>
    public bool IsHttp10 { get; private set; }

    public bool IsHead { get; private set; }

    /// <summary>RFC 9110 9.2.2: sending it twice has the effect of sending it once.</summary>
    public bool IsIdempotent { get; private set; }

    public string CorrelationId { get; private set; } = "";

    /// <summary>The client asked for the connection's end in words that the server did not get to see.</summary>
    public bool MustClose { get; set; }

    /// <summary>It has been accepted as a WebSocket, and counts as one.</summary>
    public bool IsWebSocket { get; private set; }

    /// <summary>The client, once <see cref="Trust"/> has said who may name it.</summary>
    IPAddress? IRequestFacts.Client => ClientAddress.Of(Peer, Headers["X-Forwarded-For"], _trusted);

    public int Status => _response.StatusCode;

    /// <summary>Why the request body could not be read to its end.</summary>
    public Exception? BodyError { get; set; }

    /// <summary>The client's side failed: gone, or its body was refused.</summary>
    public bool IsGivenUp => BodyError is not null || Aborted.IsCancellationRequested;

    /// <summary>The peer of the connection; an IPv4 client on an IPv6 socket appears as IPv4.</summary>
    public IPAddress? Peer
    {
        get
        {
            ResolvePeer();
            return _peer;
        }
    }

    public string PeerText
    {
        get
        {
            ResolvePeer();
            return _peerText;
        }
    }

    /// <summary>The client has gone away; never of a request that goes on without it.</summary>
    public CancellationToken Aborted => _recorder is not null ? CancellationToken.None : _features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted;

    public bool CanHaveBody => _features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? false;

    public PipeReader Body => _body ?? _features.Get<IRequestBodyPipeFeature>()!.Reader;

    public IHeaderDictionary? Trailers => _features.Get<IHttpRequestTrailersFeature>() is { Available: true } trailers ? trailers.Trailers : null;

    public IHeaderDictionary? ResponseTrailers => _features.Get<IHttpResponseTrailersFeature>()?.Trailers;

    public IHttpUpgradeFeature? Upgrade => _features.Get<IHttpUpgradeFeature>();

    public IHttpExtendedConnectFeature? ExtendedConnect => _features.Get<IHttpExtendedConnectFeature>();

    public ClientConnection? Connection => _features.Get<ClientConnection>();

    public void Begin(IFeatureCollection features, CorrelationId ids)
    {
        _features = features;
        _request = features.Get<IHttpRequestFeature>()!;
        _response = features.Get<IHttpResponseFeature>()!;
        _responseBody = features.Get<IHttpResponseBodyFeature>()!;
        Method = _request.Method;
        RawTarget = _request.RawTarget;
        Host = _request.Headers.Host.ToString();
        IsHttp2 = _request.Protocol.StartsWith("HTTP/2", StringComparison.Ordinal);
        IsHttp10 = _request.Protocol == "HTTP/1.0";
        IsHead = Method == "HEAD";
        IsIdempotent = Method is "GET" or "HEAD" or "OPTIONS" or "PUT" or "DELETE" or "TRACE";
        CorrelationId = ids.For(_request.Headers[Edge.Headers.CorrelationId.Header]);
        BodyError = null;
        MustClose = false;
        IsWebSocket = false;
        _limit = null;
        _recorder = null;
        _body = null;
    }

    /// <summary>From here on it goes on without its client, whose body has been read, and the answer is kept.</summary>
    public ResponseRecorder Detach(byte[] body, int mostKept)
    {
        _body = PipeReader.Create(new(body));
        return _recorder = new(_responseBody.Writer, mostKept);
    }

    public void Trust(TrustedProxies trusted) => _trusted = trusted;

    /// <summary>Every response to this request tells of its limits.</summary>
    public void Tell(string policy, string limit) => _limit = (policy, limit);

    string? IRequestFacts.Header(string name) => Headers.TryGetValue(name, out var values) && values.Count == 1 ? values[0] : null;

    public void SetStatus(int status, string? reason = null)
    {
        _response.StatusCode = status;
        _response.ReasonPhrase = reason;
    }

    /// <summary>Adds what every response carries.</summary>
    public void Announce()
    {
        ResponseHeaders[Edge.Headers.CorrelationId.Header] = CorrelationId;
        if (_limit is { } limit)
        {
            ResponseHeaders["RateLimit-Policy"] = limit.Policy;
            ResponseHeaders["RateLimit"] = limit.Limit;
        }

        if (!IsHttp2 && (drain.HasBegun || MustClose))
        {
            ResponseHeaders.Connection = "close";
        }
    }

    public void BecomeWebSocket()
    {
        IsWebSocket = true;
        if (Connection is { } connection)
        {
            connection.HasWebSocket = true;
        }
    }

    /// <summary>The server's own lower bound on a body's speed suits uploads and downloads, not conversations.</summary>
    public void AllowSlowBody()
    {
        if (_features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    public Task StartResponseAsync() => _responseBody.StartAsync(CancellationToken.None);

    /// <summary>Ends the client's connection (HTTP/1.1) or stream (HTTP/2) so that it cannot take what it got for the whole.</summary>
    public void Abort() => _features.Get<IHttpRequestLifetimeFeature>()!.Abort();

    public void End() => Head.Release();

    private void ResolvePeer()
    {
        var address = _features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
        var canonical = address is null ? null : TrustedProxies.Canonical(address);
        if (_peer is null ? canonical is not null : !_peer.Equals(canonical))
        {
            _peer = canonical;
            _peerText = canonical?.ToString() ?? "";
        }
    }
}
