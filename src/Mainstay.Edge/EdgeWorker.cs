using System.Globalization;
using System.Net.Sockets;
using System.Reflection;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Control;
using Mainstay.Edge.Counting;
using Mainstay.Edge.Drain;
using Mainstay.Edge.Forwarding;
using Mainstay.Edge.Guards.Idempotency;
using Mainstay.Edge.Headers;
using Mainstay.Edge.Logs;
using Mainstay.Edge.Tls;
using Mainstay.Edge.Traffic;
using Mainstay.Edge.WebSockets;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Processes;
using Mainstay.Linux.Sockets;
using Microsoft.Extensions.Logging;

namespace Mainstay.Edge;

/// <summary>One worker: its server, its control socket and its drain, put together.</summary>
internal sealed class EdgeWorker : IControlCommands, IAsyncDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan SocketFull = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(1);

    private readonly EdgeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<EdgeWorker> _log;
    private readonly LeavingInstances _leaving = new();
    private readonly WorkerDrain _draining = new();
    private readonly ClientConnections _connections = new();
    private readonly OpenWebSockets _webSockets;
    private readonly CertificateStore _certificates;
    private readonly TrafficState _traffic;
    private readonly TrafficCounts _counts;
    private readonly SnapshotApplier _applier;
    private readonly EdgeServer _server;
    private readonly ControlServer _control;
    private readonly TaskCompletionSource<EdgeDrain> _drainAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly OnceDesk _once;
    private ITimer? _sweep;
    private ITimer? _patience;
    private bool _accepts;
    private long _sweeps;

    public EdgeWorker(EdgeOptions options, TimeProvider time, ILoggerProvider logs)
    {
        _options = options;
        _time = time;
        var loggers = LoggerFactory.Create(builder => builder
            .AddProvider(logs)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Mainstay", LogLevel.Information));
        _log = loggers.CreateLogger<EdgeWorker>();
        _webSockets = new(new Random(), time);
        _certificates = new(loggers.CreateLogger<CertificateStore>());
        _traffic = new();
        _counts = new(time);
        _applier = new(_traffic, _leaving, _counts, options.Limits, time, loggers.CreateLogger<SnapshotApplier>());
        var ids = new CorrelationId(time);
        var attempts = new Attempts(new(options.Limits, time), new(_webSockets, options.Limits, time), options.Limits);
        _once = new(new(() => new(Path.Combine(options.Data, "once.db"), Self(), time)));
        var handler = new RequestHandler(_traffic, new(new(options.Limits, time)), attempts, new(options.Limits, time), new(_once, options.Limits.HeldBodyBytes, time, loggers.CreateLogger<DoneOnce>()), new(time, loggers.CreateLogger<RequestHandler>()), options.Limits, time);
        var application = new EdgeApplication(handler, ids, _draining, loggers.CreateLogger<EdgeApplication>());
        _server = new(options, application, _connections, _certificates, loggers);
        var sessions = loggers.CreateLogger<ControlSession>();
        _control = new(options.ControlSocket, socket => new(socket, this, options.Limits, time, sessions), time, loggers.CreateLogger<ControlServer>());
        _leaving.Changed = () => _control.Session?.Nudge();
    }

    private static ProcessIdentity Self() => new(Environment.ProcessId, ProcStat.Read(Environment.ProcessId)?.StartTicks ?? 0);

    public bool IsDraining => _draining.HasBegun;

    public int ClosingWebSockets => _webSockets.Closing;

    /// <summary>How often deadlines have been looked at.</summary>
    public long Sweeps => Volatile.Read(ref _sweeps);

    public int OpenConnections => _connections.Count;

    /// <summary>Requests waiting for a service.</summary>
    public int Held(string service) => _applier.Held(service);

    /// <summary>
    /// Listens for the daemon. Nothing is accepted before the first snapshot: until then connections wait in the sockets' backlog, where
    /// another worker on the same sockets can take them. A worker that no daemon speaks to in time has been forgotten, and ends.
    /// </summary>
    public void Start()
    {
        _sweep = _time.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
        var patience = _options.Limits.FirstSnapshot;
        _patience = _time.CreateTimer(
            _ => _drainAsked.TrySetException(new IOException(string.Create(CultureInfo.InvariantCulture, $"no daemon sent a snapshot within {patience.TotalSeconds:0.#} s"))),
            null,
            patience,
            Timeout.InfiniteTimeSpan);
        _control.Bind();
    }

    /// <summary>Runs until drained.</summary>
    /// <param name="stop">Drain with this worker's own bounds.</param>
    /// <param name="cut">Give up draining.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken cut)
    {
        using var ending = new CancellationTokenSource();
        var control = _control.RunAsync(ending.Token);
        try
        {
            await using var stopping = stop.UnsafeRegister(_ => _drainAsked.TrySetResult(OwnDrain()), null);
            var asked = await _drainAsked.Task;
            _counts.EndDowntime();
            var drainer = new Drainer(_server, _connections, _draining, _webSockets, _applier, _options.Limits, _time);
            _log.Draining(stop.IsCancellationRequested ? "asked by a signal" : "the daemon asked", asked.IdleGraceS, asked.DrainTimeoutS, asked.WsDrainS);
            var drained = await drainer.RunAsync(asked, cut);
            _log.Drained(drained.CutRequests, drained.CutWebSockets);
            if (_control.Session is { } session)
            {
                await session.SayLastAsync(new(Drained: drained), LastWord);
            }
        }
        finally
        {
            await ending.CancelAsync();
            _control.Dispose();
            await control;
        }
    }

    EdgeHello IControlCommands.Hello() => new(
        Environment.ProcessId,
        typeof(EdgeWorker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
        _applier.Version);

    void IControlCommands.Connected(ControlSession session) => _leaving.TellAgain();

    void IControlCommands.Disconnected(ControlSession session, string cause) => _log.DaemonAway(cause, _applier.Version);

    async Task<EdgeApplied> IControlCommands.ApplyAsync(EdgeSnapshot snapshot)
    {
        if (snapshot.Version > _applier.Version)
        {
            // Files are read on a pool thread, never on one that moves sockets; the session has one reader, so this stays in order.
            await Task.Run(() =>
            {
                _certificates.Apply(snapshot.Certificates.IsDefault ? [] : snapshot.Certificates);
                _applier.Apply(snapshot);
            });
            await AcceptAsync();
            _log.SnapshotApplied(snapshot.Version, snapshot.Routes.IsDefault ? 0 : snapshot.Routes.Length, snapshot.Services.IsDefault ? 0 : snapshot.Services.Length);
        }

        return new EdgeApplied(_applier.Version);
    }

    void IControlCommands.Drain(EdgeDrain drain) => _drainAsked.TrySetResult(drain);

    EdgeListeners IControlCommands.Listeners() => new([.. _options.Listeners.Select(l => l.Url)]);

    async Task IControlCommands.SendDescriptorsAsync(Socket socket, byte[] line, CancellationToken cancellation)
    {
        var descriptors = _options.Listeners.Select(l => l.Descriptor).ToArray();
        var sent = 0;
        while (sent < line.Length)
        {
            try
            {
                // The descriptors travel with the first byte of the line.
                sent += FdPassing.Send(socket, line.AsSpan(sent), sent == 0 ? descriptors : []);
            }
            catch (LinuxException e) when (e.Errno == Errno.EAGAIN)
            {
                await Task.Delay(SocketFull, _time, cancellation);
            }
        }
    }

    IReadOnlyList<EdgeInFlight> IControlCommands.News() => _leaving.News();

    CountsNews IControlCommands.Counts() => new(_counts);

    public async ValueTask DisposeAsync()
    {
        foreach (var timer in new[] { _sweep, _patience }.OfType<ITimer>())
        {
            await timer.DisposeAsync();
        }

        _control.Dispose();
        await _server.DisposeAsync();
        _once.Dispose();
    }

    private async Task AcceptAsync()
    {
        if (_accepts)
        {
            return;
        }

        _accepts = true;
        await _patience!.DisposeAsync();
        try
        {
            await _server.StartAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            // A worker that cannot accept is of no use to anybody: it ends, and the daemon sees it.
            _drainAsked.TrySetException(e);
            throw;
        }

        _log.Serving(string.Join(", ", _options.Listeners.Select(l => l.Url)), _options.ControlSocket);
    }

    private EdgeDrain OwnDrain() => new(IdleGraceS: 2, DrainTimeoutS: 30, (_traffic.Current?.WebSocketDrain ?? TimeSpan.Zero).TotalSeconds);

    private void Sweep()
    {
        _sweeps++;
        _applier.Sweep(_time.GetTimestamp());
        _webSockets.Sweep(_traffic.Current?.WebSocketDrain ?? TimeSpan.Zero);
    }
}
