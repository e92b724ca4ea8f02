using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.Bench.EdgeCost;

/// <summary>The edge in front of a service that is the same upstream program; the daemon, which no request passes, is not counted.</summary>
internal sealed class MainstayProxy() : Proxy("mainstay")
{
    private readonly MainstayHome _home = MainstayHome.Create();
    private int _edge;

    public override IReadOnlyList<int> Pids => [_edge];

    public override async Task<string> VersionAsync() => (await _home.RunAsync("version")).Out.Trim();

    public override async Task StartAsync(Site site)
    {
        var port = FreePort.Take();
        File.Copy(site.Certificate, Path.Combine(_home.Folder, "cert.pem"));
        _home.Write("key.pem", File.ReadAllText(site.Key), 0b110_000_000);
        _home.Declare($$"""
            stack: bench
            edge:
              listen: [ "http://127.0.0.1:{{Clear}}", "https://127.0.0.1:{{Tls}}" ]
              certificates: [ { host: localhost, cert: cert.pem, key: key.pem } ]
            services:
              upstream:
                command: [ nginx, -c, {{site.UpstreamConfiguration(port)}}, -p, {{site.Folder}} ]
                port: {{port}}
                healthcheck: { tcp: true, interval: 30s, start_interval: 100ms }
            routes: [ { path: /, service: upstream } ]

            """);
        await _home.UpAsync();
        _edge = (await _home.StatusAsync()).Edge.Pid!.Value;
    }

    public override ValueTask DisposeAsync() => _home.DisposeAsync();
}
