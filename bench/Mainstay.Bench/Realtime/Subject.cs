using System.Security.Cryptography;
using System.Text;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;
using Mainstay.Testing;

namespace Mainstay.Bench.Realtime;

/// <summary>A service under measurement: a program on a port, started anew for each run.</summary>
/// <param name="Kind">What its clients speak.</param>
/// <param name="Token">What its clients show; empty: nothing.</param>
internal sealed record Subject(string Name, string Kind, string Program, string[] Arguments, (string Name, string Value)[] Environment, string Token = "")
{
    public static Subject Ingest(string? redis) => new(
        "mainstay ingest",
        "ingest",
        MainstayProgram.Path,
        ["realtime", "ingest"],
        redis is null
            ? [("PUBSUB_ADAPTER", "in_memory"), ("ALLOW_LOSS", "true"), ("INGEST_AUTH", "none")]
            : [("PUBSUB_ADAPTER", "redis_streams"), ("REDIS_URL", redis), ("INGEST_AUTH", "none")]);

    public static Subject Hub()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var claims = $$$"""{"role":"backend","sub":"loader","branch":"b","hub":{"subscribe":["*"],"publish":["*"],"watch":["*"]},"exp":{{{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 3600}}}}""";
        var signed = $"{Part("""{"alg":"ES256","typ":"JWT"}"""u8)}.{Part(Encoding.UTF8.GetBytes(claims))}";
        var token = $"{signed}.{Part(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
        return new("mainstay hub", "hub", MainstayProgram.Path, ["realtime", "hub"], [("JWT_PUBLIC_KEY", key.ExportSubjectPublicKeyInfoPem())], token);
    }

    public static Subject Node(string redis, bool honest = false) =>
        new(honest ? "npm ws + ioredis, ack when stored" : "npm ws + ioredis", "ingest", "node", [Script("ingest.js")], [("REDIS_URL", redis), ("HONEST", honest ? "1" : "0")]);

    public static Subject SocketIo(string script) => new("socket.io", "socketio", "node", [Script(script)], []);

    public static string Script(string name) => Path.Combine(Repository.Root(), "bench/services", name);

    /// <summary>With more in its environment.</summary>
    public Subject With(params (string Name, string Value)[] more) => this with { Environment = [.. Environment, .. more] };

    public async Task<(Child Process, int Port)> StartAsync(string data)
    {
        var port = FreePort.Take();
        var child = Child.Start(Program, Arguments, data, [.. Environment, ("PORT", $"{port}"), ("MAINSTAY_DATA", data)]);
        await Harness.Eventually.TrueAsync($"{Name} listens", () => Listens(port));
        return (child, port);
    }

    private static string Part(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

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
