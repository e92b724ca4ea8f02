using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;
using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>A hub with the edge in front, and the key that its clients' tokens are signed with.</summary>
internal sealed class SocketIoStack : IAsyncDisposable
{
    public const string Origin = "https://app.example.com";

    private readonly RSA _key;

    private SocketIoStack(MainstayHome home, RSA key, int port) => (Home, _key, Port) = (home, key, port);

    public MainstayHome Home { get; }

    public int Port { get; }

    /// <summary>For clients of Socket.IO, without a namespace.</summary>
    public string Url => $"http://127.0.0.1:{Port}";

    /// <param name="printing">With the map of the printing gateway; else without a map.</param>
    public static async Task<SocketIoStack> UpAsync(bool printing)
    {
        var (key, port) = (RSA.Create(2048), FreePort.Take());
        var map = Path.Combine(Repository.Root(), "tests/Mainstay.Realtime.Tests/Hub/SocketIo/printing-map.json");
        var stack = new SocketIoStack(MainstayHome.Create($$"""
            stack: shop
            edge: { listen: [ "http://127.0.0.1:{{port}}" ] }
            services:
              hub:
                kind: hub
                environment:
                  JWT_PUBLIC_KEY: "{{key.ExportSubjectPublicKeyInfoPem().ReplaceLineEndings("\\n")}}"
                  ALLOWED_ORIGINS: "{{Origin}}"
                  HUB_TARGET_RATE: "1000"
                  HUB_BRANCH_RATE: "1000"
                  {{(printing ? $"HUB_SOCKETIO_MAP: \"{map}\"" : "")}}
            routes:
              - { path: /socket.io, service: hub }
              - { path: /, service: hub }

            """), key, port);
        try
        {
            await stack.Home.UpAsync();
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    public string Token(string role, string sub, string branch = "north") => IngestToken.Signed(_key, new JsonObject
    {
        ["exp"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 600,
        ["role"] = role,
        ["sub"] = sub,
        ["branch"] = branch,
        ["hub"] = new JsonObject { ["subscribe"] = new JsonArray("*"), ["publish"] = new JsonArray("*"), ["watch"] = new JsonArray("*"), ["ask"] = new JsonArray("*/*") },
    }.ToJsonString());

    /// <summary>kill -9; it is started again.</summary>
    public async Task KillAsync()
    {
        ProcessMark process = (await Home.StatusAsync())["hub"].Only.Process;
        await MainstayHome.KillAsync(process.Pid);
    }

    public async ValueTask DisposeAsync()
    {
        await Home.DisposeAsync();
        _key.Dispose();
    }
}
