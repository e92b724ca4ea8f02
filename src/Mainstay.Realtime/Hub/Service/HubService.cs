using System.Security.Cryptography;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Auth.Jwt;
using Mainstay.Realtime.Hub.Http;
using Mainstay.Realtime.Hub.Notices;
using Mainstay.Realtime.Hub.SocketIo;
using Mainstay.Realtime.Hub.Sockets;
using Mainstay.Realtime.Hub.Storage;
using Mainstay.Realtime.Serving;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>The hub: its database, its one writer and its server, put together.</summary>
internal sealed class HubService : IAsyncDisposable
{
    private static readonly TimeSpan s_drainPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_retryBase = TimeSpan.FromMilliseconds(250);

    /// <summary>Of the webhook, for one notice.</summary>
    private static readonly TimeSpan s_webhookPatience = TimeSpan.FromSeconds(10);

    /// <summary>So many clients a second can come back without hurting anybody.</summary>
    private const int ReturningPerSecond = 500;

    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly SqliteHubStore _store;
    private readonly HubActor _actor;
    private readonly AuthGate _gate;
    private readonly Heartbeat _heartbeat;
    private readonly NoticeCourier? _courier;
    private readonly HubDoor _door;
    private readonly EnginePings _enginePings;
    private readonly RealtimeServer _server;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _connections;

    /// <exception cref="Requests.RequestStoreException">The database cannot be used.</exception>
    public HubService(HubOptions options, IJwksFetcher fetcher, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        (_time, _random) = (time, random);
        _log = loggers.CreateLogger<HubService>();
        _store = new(Path.Combine(options.Data, "hub.db"), time, _log);
        var metrics = new HubMetrics();
        _courier = options.Webhook is { } webhook
            ? new(webhook, new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = s_webhookPatience }, SettledAsync, metrics, time, new Random(random.Next()), _log)
            : null;
        _actor = new(new(_store, options.Limits, NewId, new(time), _log) { Metrics = metrics, Notify = _courier is null ? null : _courier.Add }, time);
        _gate = new(options.Auth, fetcher, time, loggers.CreateLogger<AuthGate>());
        _heartbeat = new(options.Limits.Ping, options.Limits.MaxStall, options.Licences, (samples, token) => _actor.PostAsync(new HubInput.Pinged(samples), token), time, _log);
        var ports = new ConnectionPorts(_actor, new(_gate, options.Auth, options.Licences), options.Limits, NewId, () => Interlocked.Increment(ref _connections), time, _log, _heartbeat, metrics) { HasWebhook = _courier is not null };
        _door = new(ports);
        _enginePings = new(options.Engine, time);
        var (socketIo, api) = (new SocketIoDoor(_door, ports, options.SocketIo, _enginePings), new HubApi(ports, _door));
        _server = new(
            options.Port,
            (request, token) => SocketIoDoor.IsFor(request.Path) ? socketIo.DecideAsync(request, token) : _door.DecideAsync(request, token),
            http => SocketIoDoor.IsFor(http.Request.Path) ? SocketIoDoor.AnswerAsync(http) : api.AnswerAsync(http),
            options.Serving,
            time,
            loggers);
    }

    public int Port => _server.Port;

    /// <summary>Completes when it serves.</summary>
    public Task Started => _started.Task;

    /// <summary>Serves until it is asked to stop; then clients are told to come back. What they asked for is on disk, and goes on with the next hub.</summary>
    /// <param name="now">Ends everything at once.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken now)
    {
        using var background = new CancellationTokenSource();
        await _actor.StartAsync(now);
        var acting = EndedAsync(_actor.RunAsync(background.Token));
        var keys = EndedAsync(_gate.RunAsync(background.Token));
        var telling = _courier is null ? Task.CompletedTask : EndedAsync(_courier.RunAsync(background.Token));
        var beating = EndedAsync(_heartbeat.RunAsync(background.Token));
        try
        {
            await _server.StartAsync(now);
            _log.Serving("hub", _server.Port);
            _started.TrySetResult();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, now);

            // A hub whose writer has failed hears nobody any more: it ends, and is started again.
            if (await Task.WhenAny(EndedAsync(Task.Delay(Timeout.InfiniteTimeSpan, _time, either.Token)), acting) == acting)
            {
                await acting;
            }

            await DrainAsync(now);
        }
        finally
        {
            await background.CancelAsync();
            await Task.WhenAll(acting, keys, beating, telling);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _enginePings.DisposeAsync();
        await _actor.DisposeAsync();
        _door.Dispose();
        await _gate.DisposeAsync();
        _courier?.Dispose();
        _store.Dispose();
    }

    private ValueTask SettledAsync(long place, CancellationToken token) => _actor.PostAsync(new HubInput.NoticeSettled(place), token);

    private async Task DrainAsync(CancellationToken now)
    {
        _door.Drain();
        _log.Draining("clients are told to come back");
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(now);
        patience.CancelAfter(s_drainPatience);
        await EndedAsync(_actor.PostAsync(new HubInput.DrainAsked(RetryAfter, told), patience.Token).AsTask());
        await EndedAsync(told.Task.WaitAsync(patience.Token));

        // Each has its close; those that do not answer it are cut.
        await _server.StopAsync(patience.Token);
        _log.Drained();
    }

    /// <summary>Spread, so that those who all leave at once do not all return at once.</summary>
    private TimeSpan RetryAfter(int clients) => s_retryBase + TimeSpan.FromSeconds(_random.NextDouble() * clients / ReturningPerSecond);

    /// <summary>Names that nobody can guess.</summary>
    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

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
