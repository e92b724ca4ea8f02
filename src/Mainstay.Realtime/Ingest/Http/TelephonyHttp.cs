using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Auth.Jwt;
using Mainstay.Realtime.Ingest.Calls;
using Mainstay.Realtime.Ingest.Service;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Ingest.Http;

/// <summary>What carriers and the programs behind them ask by HTTP; what is not set up does not exist.</summary>
internal sealed class TelephonyHttp : IAsyncDisposable
{
    private readonly CallPeers? _peers;
    private readonly CallsApi? _calls;
    private readonly ExotelUrl? _url;

    public TelephonyHttp(IngestOptions options, CallContext calls, IJwksFetcher fetcher, TimeProvider time, ILoggerFactory loggers)
    {
        if (options.Telephony.CallsToken is { } token)
        {
            _peers = new(options.Data, loggers.CreateLogger<CallPeers>());
            _calls = new(calls.Open, _peers, token);
        }

        _url = ExotelUrl.Of(options.Telephony, fetcher, time, loggers.CreateLogger<AuthGate>());
    }

    /// <summary>Where other processes of the service ask this one; null: nowhere.</summary>
    public string? Socket => _peers?.Socket;

    /// <summary>Null when it is for somebody else.</summary>
    public Task? AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value?.TrimEnd('/') ?? "";
        return _calls is not null && (path == CallsApi.Route || path.StartsWith(CallsApi.Route + "/", StringComparison.Ordinal)) ? _calls.AnswerAsync(http)
            : _url is not null && path == ExotelUrl.Route ? _url.AnswerAsync(http)
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        _peers?.Dispose();
        if (_url is not null)
        {
            await _url.DisposeAsync();
        }
    }
}
