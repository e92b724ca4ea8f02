using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Auth.Jwt;
using Mainstay.Realtime.Ingest.Calls;
using Mainstay.Realtime.Ingest.Http;
using Mainstay.Realtime.Ingest.Outbox;
using Mainstay.Realtime.Ingest.Sessions;
using Mainstay.Realtime.Metrics;
using Mainstay.Realtime.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Ingest.Service;

/// <summary>The ingest service: its server, its outbox and its clock, put together.</summary>
internal sealed class IngestService : IAsyncDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_tickAll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_drainPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_stay = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_closePatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_retryBase = TimeSpan.FromMilliseconds(250);

    /// <summary>So many clients a second can come back without hurting anybody.</summary>
    private const int ReturningPerSecond = 500;

    private readonly IngestOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly IBroker _broker;
    private readonly Outbox.Outbox _outbox;
    private readonly IngestContext _context;
    private readonly CallContext _calls;
    private readonly IngestDoor _door;
    private readonly TelephonyHttp _http;
    private readonly IngestMetrics _metrics = new();
    private readonly RealtimeServer _server;
    private readonly SupervisorSocket _supervisor;
    private volatile bool _draining;

    public IngestService(IngestOptions options, IBroker broker, IJwksFetcher fetcher, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        (_options, _broker, _time, _random) = (options, broker, time, random);
        _log = loggers.CreateLogger<IngestService>();
        _outbox = new(
            broker,
            new() { Directory = Path.Combine(options.Data, "spool"), SpoolBytes = options.SpoolBytes, WhenFull = options.WhenFull },
            time,
            random,
            loggers.CreateLogger<Outbox.Outbox>());
        _context = new(options.Policy, _outbox, new(options.Topic, options.EventsTopic, options.Format), time, _log);
        _outbox.Lost = Lost;
        _supervisor = new(options.SupervisorSocket);
        _calls = new(_context, options.Telephony.Tenant);
        _door = new(options, _context, _calls, fetcher, time, loggers);
        _http = new(options, _calls, fetcher, time, loggers);
        _server = new(options.Port, async (request, token) => _metrics.Count(await _door.DecideAsync(request, _draining, token)), AnswerAsync, new(), time, loggers, _http.Socket);
    }

    public int Port => _server.Port;

    /// <summary>Serves until it is asked to stop; then clients are told to go on elsewhere, and what came from them is made safe.</summary>
    public async Task RunAsync(StopSignals stop)
    {
        var now = stop.Now;
        using var stopOutbox = new CancellationTokenSource();
        using var background = new CancellationTokenSource();
        var outbox = _outbox.RunAsync(stopOutbox.Token, now);
        var keys = EndedAsync(_door.RunAsync(background.Token));
        var ticking = EndedAsync(TickAsync(background.Token));
        try
        {
            await _server.StartAsync(now);
            _log.Serving("ingest", _server.Port);
            await Task.WhenAny(EndedAsync(Task.Delay(Timeout.InfiniteTimeSpan, _time, stop.Drain)), outbox);
            if (outbox.IsFaulted)
            {
                // Without it nothing is stored; whoever runs us starts another.
                await outbox;
            }

            await DrainAsync(stop);
        }
        finally
        {
            await stopOutbox.CancelAsync();
            await outbox;
            await background.CancelAsync();
            await Task.WhenAll(keys, ticking);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _http.DisposeAsync();
        await _door.DisposeAsync();
        await _broker.DisposeAsync();
    }

    private async Task DrainAsync(StopSignals stop)
    {
        _draining = true;
        var clients = _context.Connections.Count;
        _log.Draining(FormattableString.Invariant($"{clients} clients are told to come back"));
        foreach (var connection in _context.Connections.All)
        {
            connection.Handle(new IngestEvent.DrainAsked(RetryAfter(clients)));
        }

        await Task.WhenAll(UntilAsync(() => _context.Connections.Count == 0, s_drainPatience, stop.Now), AwaitCallsAsync(stop));

        // Nothing is on it any more but what did not answer.
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(stop.Now);
        cut.CancelAfter(TimeSpan.FromSeconds(1));
        await _server.StopAsync(cut.Token);
        _log.Drained();
    }

    /// <summary>The end of a carrier's socket is the end of its call: they stay until they end by themselves, or as long as may be.</summary>
    private async Task AwaitCallsAsync(StopSignals stop)
    {
        if (_calls.Open.Count > 0 && _options.Telephony.Drain > TimeSpan.Zero)
        {
            _log.CallsStay(_calls.Open.Count, (long)_options.Telephony.Drain.TotalMinutes);
        }

        using var enough = new CancellationTokenSource();
        var staying = StayAsync(enough.Token);
        await UntilAsync(() => _calls.Open.Count == 0, _options.Telephony.Drain, stop.Soon);
        await enough.CancelAsync();
        await staying;
        foreach (var call in _calls.Open.All)
        {
            call.Handle(new CallEvent.EndAsked());
        }

        await UntilAsync(() => _calls.Open.Count == 0, s_closePatience, stop.Now);
    }

    /// <summary>Who runs us would take a process that does not end for one that hangs.</summary>
    private async Task StayAsync(CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            _supervisor.ExtendTimeout(s_stay);
            await EndedAsync(Task.Delay(s_stay / 3, _time, enough));
        }
    }

    private async Task UntilAsync(Func<bool> done, TimeSpan patience, CancellationToken now)
    {
        var began = _time.GetTimestamp();
        while (!done() && _time.GetElapsedTime(began) < patience && !now.IsCancellationRequested)
        {
            await EndedAsync(Task.Delay(s_tick, _time, now));
        }
    }

    /// <summary>Spread, so that those who all leave at once do not all return at once.</summary>
    private TimeSpan RetryAfter(int clients) => s_retryBase + TimeSpan.FromSeconds(_random.NextDouble() * clients / ReturningPerSecond);

    private Task AnswerAsync(HttpContext http)
    {
        if (_http.AnswerAsync(http) is { } answered)
        {
            return answered;
        }

        var (outbox, status) = (_outbox.Health, 200);
        var health = IngestHealth.Status(outbox);
        switch (http.Request.Path.Value)
        {
            case "/health":
                status = health == "unhealthy" ? 503 : 200;
                break;
            case "/livez":
                return WriteAsync(http, 200, """{"status":"alive"}""");
            case "/readyz":
                // Whether it takes clients; restarting it would not bring a broker back.
                (status, health) = _draining ? (503, "draining") : (200, health);
                break;
            case "/metrics":
                http.Response.ContentType = MetricText.ContentType;
                return http.Response.Body.WriteAsync(_metrics.Write(outbox, _outbox.Times, _calls).ToUtf8(), http.RequestAborted).AsTask();
            case { } path when _door.Routes.Contains(path.TrimEnd('/')):
                http.Response.Headers.Upgrade = "websocket";
                return WriteAsync(http, 426, """{"type":"about:blank","status":426,"title":"upgrade_required","detail":"this is a WebSocket"}""");
            default:
                return WriteAsync(http, 404, $$"""{"type":"about:blank","status":404,"title":"no_route","detail":"there are {{string.Join(", ", _door.Routes)}}, /health, /metrics, /livez and /readyz"}""");
        }

        return WriteAsync(http, status, IngestHealth.Describe(outbox, _context.Counters, _calls.Counters, health, _time.GetUtcNow()).ToJsonString());
    }

    private static Task WriteAsync(HttpContext http, int status, string json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = status < 400 || status == 503 ? "application/json" : "application/problem+json";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync(json, http.RequestAborted);
    }

    private async Task TickAsync(CancellationToken token)
    {
        using var timer = new PeriodicTimer(s_tick, _time);
        var all = _context.Now;
        while (await timer.WaitForNextTickAsync(token))
        {
            var at = _context.Now;
            _context.Connections.TickHurried(at);
            _calls.Open.Tick(at);
            if (at - all >= s_tickAll)
            {
                all = at;
                _context.Connections.TickAll(at);
            }

            RecordGaps();
        }
    }

    private void RecordGaps()
    {
        foreach (var gap in _context.Gaps.Take())
        {
            _log.Gap(gap.Tenant, gap.Interaction, gap.Session, gap.From, gap.To, gap.Reason);
            _ = _outbox.StoreAsync(
                _context.Records.Event(
                    "gap", gap.Tenant, gap.Interaction, gap.Session, _time.GetUtcNow(), new("from_seq", IngestRecords.Text(gap.From)), new("to_seq", IngestRecords.Text(gap.To)), new("reason", gap.Reason)),
                canWait: true);
        }
    }

    /// <summary>What the outbox gives up, by what the record says of itself. What a lost gap record told of is told again; another lost event is told of by the outbox's own line only.</summary>
    private void Lost(StreamRecord record, string reason)
    {
        if (IngestRecords.Place(record) is var (tenant, session, seq))
        {
            _context.Gaps.Add(tenant, record.Key, session, seq, seq, reason);
        }
        else if (IngestRecords.Gap(record) is var (of, its, from, to, because))
        {
            _context.Gaps.AddAgain(of, record.Key, its, from, to, because);
        }
    }

    private static async Task EndedAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
    }
}
