using System.Buffers;
using System.IO.Pipelines;
using Mainstay.Edge.Forwarding.Upstream;
using Mainstay.Edge.Headers;

namespace Mainstay.Edge.Forwarding;

/// <summary>Where a response body ends: after its length, after its last chunk, or with the connection.</summary>
internal struct ResponseBody(ResponseFraming framing)
{
    private long _remaining = framing.ContentLength;
    private ChunkedDecoder _chunks;
    private bool _ended;

    public readonly bool IsDone => _ended || _remaining == 0 || _chunks.IsDone;

    public readonly bool IsBroken => _chunks.IsBroken;

    /// <summary>Moves what has arrived to the client's side; returns how many bytes of body that were.</summary>
    public int Take(UpstreamConnection upstream, PipeWriter writer)
    {
        if (framing.Chunked)
        {
            return TakeChunks(upstream, writer);
        }

        var unread = upstream.Unread;
        var count = _remaining < 0 ? unread.Length : (int)Math.Min(_remaining, unread.Length);
        if (count > 0)
        {
            writer.Write(unread[..count]);
            upstream.Consume(count);
            _remaining -= _remaining < 0 ? 0 : count;
        }

        return count;
    }

    /// <summary>The upstream has closed: true when that is how this body ends.</summary>
    public bool EndOfInput()
    {
        _ended = !framing.Chunked && framing.ContentLength < 0;
        return _ended;
    }

    /// <summary>HTTP/2 clients get the upstream's trailers; HTTP/1.1 has no place for them on the server's side.</summary>
    public readonly void AddTrailers(EdgeRequest request)
    {
        if (_chunks.Trailers is not { } text || request.ResponseTrailers is not { } trailers)
        {
            return;
        }

        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var colon = line.IndexOf(':');
            if (colon <= 0 || !HeaderText.IsToken(line[..colon]))
            {
                continue;
            }

            var value = line[(colon + 1)..].Trim(" \t");
            if (!value.ContainsAnyExceptInRange(' ', '~'))
            {
                trailers[line[..colon].ToString()] = value.ToString();
            }
        }
    }

    private int TakeChunks(UpstreamConnection upstream, PipeWriter writer)
    {
        var written = 0;
        while (!upstream.Unread.IsEmpty && !_chunks.IsDone && !_chunks.IsBroken)
        {
            var data = _chunks.Next(upstream.Unread, out var consumed);
            if (!data.IsEmpty)
            {
                writer.Write(data);
                written += data.Length;
            }

            upstream.Consume(consumed);
        }

        return written;
    }
}
