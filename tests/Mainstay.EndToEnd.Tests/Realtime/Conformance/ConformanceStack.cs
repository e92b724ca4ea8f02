using System.Security.Cryptography;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>A hub and an ingest service behind one edge.</summary>
public sealed class ConformanceStack : IAsyncLifetime
{
    private const string Everything = """{"subscribe":["*"],"publish":["*"],"watch":["*"],"ask":["*/*"]}""";

    private readonly RSA _key = RSA.Create(2048);
    private MainstayHome? _home;
    private int _names;

    public int EdgePort { get; } = FreePort.Take();

    /// <summary>Of the origin whose pages may connect to the hub.</summary>
    public int PagePort { get; } = FreePort.Take();

    internal MainstayHome Home => _home ?? throw new InvalidOperationException("not up yet");

    public async ValueTask InitializeAsync()
    {
        _home = MainstayHome.Create(Manifest());
        await _home.UpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_home is not null)
        {
            await _home.DisposeAsync();
        }

        _key.Dispose();
    }

    /// <param name="more">Services, as in a manifest.</param>
    /// <param name="routes">More of them.</param>
    /// <param name="edge">More of its settings.</param>
    internal string Manifest(string more = "", string routes = "", string edge = "") => $$"""
        stack: sockets
        edge: { listen: [ "http://127.0.0.1:{{EdgePort}}" ]{{edge}} }
        services:
          hub:
            kind: hub
            environment:
              JWT_PUBLIC_KEY: "{{_key.ExportSubjectPublicKeyInfoPem().ReplaceLineEndings("\\n")}}"
              ALLOWED_ORIGINS: "http://127.0.0.1:{{PagePort}}"
          ingest:
            kind: ingest
            environment:
              PUBSUB_ADAPTER: in_memory
              ALLOW_LOSS: "true"
              JWT_ALLOW_QUERY: "true"
              JWT_PUBLIC_KEY: "{{_key.ExportSubjectPublicKeyInfoPem().ReplaceLineEndings("\\n")}}"
        {{more}}
        routes:
          - { path: /, service: ingest }
          - { path: /hub, service: hub }
        {{routes}}
        """;

    internal string HubToken(string role = "backend", string name = "shop") => IngestToken.Signed(
        _key, $$"""{"role":"{{role}}","sub":"{{name}}","branch":"north","hub":{{Everything}},"exp":{{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 600}} }""");

    internal string IngestClaim() => IngestToken.Signed(_key, IngestToken.Claims("tenant-a"));

    /// <summary>The port of a service itself, without the edge.</summary>
    internal async Task<int> PortAsync(string service) => (await Home.StatusAsync())[service].Only.Port!.Value;

    internal Speaker Speaker(string service)
    {
        var name = $"conformance-{Interlocked.Increment(ref _names)}";
        return service == "hub" ? new HubSpeaker(HubToken(), name) : new IngestSpeaker(IngestClaim(), name);
    }
}
