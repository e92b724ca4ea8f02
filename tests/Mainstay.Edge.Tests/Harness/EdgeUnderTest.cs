using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Mainstay.Contracts.EdgeControl;
using Microsoft.Extensions.Logging;

namespace Mainstay.Edge.Tests.Harness;

/// <summary>A worker in this process, on sockets that the test owns as the daemon would.</summary>
internal sealed class EdgeUnderTest : IAsyncDisposable
{
    private CancellationTokenSource _stop = new();
    private EdgeLimits _limits = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly List<Socket> _listeners = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("mainstay-edge-").FullName;
    private readonly LogLines _log = new();
    private EdgeWorker _worker = null!;
    private long _version;

    private EdgeUnderTest()
    {
    }

    public int Port => PortOf(_listeners[0]);

    public int TlsPort => PortOf(_listeners[1]);

    public DaemonStub Daemon { get; private set; } = null!;

    public string ControlSocket { get; private set; } = "";

    public Task Running { get; set; } = Task.CompletedTask;

    public IReadOnlyCollection<string> Log => _log.Lines;

    /// <param name="services">Name to ports; a route <c>/NAME</c> leads to each, and <c>/</c> to the first.</param>
    public static async Task<EdgeUnderTest> StartAsync(params (string Name, int[] Ports)[] services)
    {
        var edge = await StartBareAsync();
        await edge.ApplyAsync(edge.Snapshot(services));
        return edge;
    }

    public static Task<EdgeUnderTest> StartAsync(params int[] ports) => StartAsync(("web", ports));

    /// <summary>No snapshot yet.</summary>
    public static async Task<EdgeUnderTest> StartBareAsync(EdgeLimits? limits = null, bool tls = false)
    {
        var edge = new EdgeUnderTest();
        edge.Listen();
        if (tls)
        {
            edge.Listen();
        }

        edge._limits = limits ?? new();
        await edge.StartWorkerAsync();
        return edge;
    }

    /// <summary>The next worker, on the same sockets.</summary>
    public async Task RestartAsync()
    {
        await _worker.DisposeAsync();
        Daemon.Dispose();
        _stop = new();
        await StartWorkerAsync();
    }

    public EdgeSnapshot Snapshot(params (string Name, int[] Ports)[] services) => new(
        0,
        "test",
        [new EdgeRoute(null, "/", services[0].Name, false, 5), .. services.Select(s => new EdgeRoute(null, "/" + s.Name, s.Name, false, 5))],
        [.. services.Select(s => new EdgeService(s.Name, false, 0, [.. s.Ports.Select((port, i) => Instance(s.Name, i, port))], ""))],
        [],
        [],
        null,
        30);

    public static EdgeInstance Instance(string service, int index, int port, bool draining = false) => new($"{service}-{index}", "127.0.0.1", port, draining);

    /// <summary>Gives it the next version, sends it and waits until it is in force.</summary>
    public async Task ApplyAsync(EdgeSnapshot snapshot)
    {
        var version = ++_version;
        await Daemon.SendAsync(new(Snapshot: snapshot with { Version = version }));
        await Daemon.UntilAsync(report => report.Applied?.Version >= version);
    }

    public Task<RawConnection> ConnectAsync() => RawConnection.OpenAsync(Port);

    /// <summary>One request on a connection of its own.</summary>
    public async Task<(string Head, string Body)> SendAsync(string request)
    {
        using var connection = await ConnectAsync();
        await connection.WriteAsync(request);
        return await connection.ReadResponseAsync(request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    public Task<(string Head, string Body)> GetAsync(string target, string fields = "") =>
        SendAsync($"GET {target} HTTP/1.1\r\nHost: example.test\r\n{fields}\r\n");

    /// <summary>Requests waiting for a service.</summary>
    public int Held(string service) => _worker.Held(service);

    public int ClosingWebSockets => _worker.ClosingWebSockets;

    public bool IsDraining => _worker.IsDraining;

    public int OpenConnections => _worker.OpenConnections;

    /// <summary>Waits for a condition inside the worker.</summary>
    public async Task UntilAsync(Func<EdgeUnderTest, bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition(this))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>Until the deadlines have been looked at so many times more.</summary>
    public Task SweepsAsync(int count)
    {
        var target = _worker.Sweeps + count;
        return UntilAsync(e => e._worker.Sweeps >= target);
    }

    /// <summary>As SIGTERM does.</summary>
    public void Stop() => _stop.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _cut.CancelAsync();
        await _stop.CancelAsync();
        await Running;
        await _worker.DisposeAsync();
        Daemon.Dispose();
        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }

        _stop.Dispose();
        _cut.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartWorkerAsync()
    {
        ControlSocket = Path.Combine(_directory, "control.sock");
        var listeners = _listeners.Select((socket, i) => $"{socket.Handle}={(i == 0 ? "http" : "https")}://127.0.0.1:{PortOf(socket)}");
        var options = EdgeOptions.From(ControlSocket, name => name == EdgeOptions.ListenersVariable ? string.Join(';', listeners) : null);
        _worker = new(options with { Limits = _limits }, TimeProvider.System, _log);
        _worker.Start();
        Running = _worker.RunAsync(_stop.Token, _cut.Token);
        Daemon = await DaemonStub.ConnectAsync(ControlSocket);
    }

    private void Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(128);
        _listeners.Add(socket);
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly Lock _lock = new();
        private readonly List<string> _lines = [];

        public IReadOnlyCollection<string> Lines
        {
            get
            {
                lock (_lock)
                {
                    return [.. _lines];
                }
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lock)
            {
                _lines.Add($"{logLevel}: {formatter(state, exception)} {exception}".Trim());
            }
        }

        public void Dispose()
        {
        }
    }
}
