using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;
using Mainstay.Testing;

namespace Mainstay.Bench.Realtime;

/// <summary>A service under measurement: a program on a port, started anew for each run.</summary>
internal sealed record Subject(string Name, string Kind, string Program, string[] Arguments, (string Name, string Value)[] Environment)
{
    public static Subject Mainstay(string? redis) => new(
        "mainstay ingest",
        "ingest",
        MainstayProgram.Path,
        ["realtime", "ingest"],
        redis is null
            ? [("PUBSUB_ADAPTER", "in_memory"), ("ALLOW_LOSS", "true"), ("INGEST_AUTH", "none")]
            : [("PUBSUB_ADAPTER", "redis_streams"), ("REDIS_URL", redis), ("INGEST_AUTH", "none")]);

    public static Subject Node(string redis) => new("npm ws + ioredis", "ingest", "node", [Script("ingest.js")], [("REDIS_URL", redis)]);

    public static Subject SocketIo() => new("socket.io", "socketio", "node", [Script("idle-socketio.js")], []);

    public static string Script(string name) => Path.Combine(Repository.Root(), "bench/services", name);

    public async Task<(Child Process, int Port)> StartAsync(string data)
    {
        var port = FreePort.Take();
        var child = Child.Start(Program, Arguments, data, [.. Environment, ("PORT", $"{port}"), ("MAINSTAY_DATA", data)]);
        await Harness.Eventually.TrueAsync($"{Name} listens", () => Listens(port));
        return (child, port);
    }

    private static bool Listens(int port)
    {
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        try
        {
            socket.Connect(System.Net.IPAddress.Loopback, port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
