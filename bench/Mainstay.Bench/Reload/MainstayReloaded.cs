using Mainstay.Bench.Report;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;
using Mainstay.Testing;

namespace Mainstay.Bench.Reload;

/// <summary>The service under Mainstay, reached through the edge.</summary>
internal sealed class MainstayReloaded(ReloadCase reload, TimeSpan wsDrain) : IReloaded
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly MainstayHome _home = MainstayHome.Create();
    private readonly int _servicePort = FreePort.Take();

    public string Case => reload.Title;

    public string By => "mainstay";

    public int Port { get; } = FreePort.Take();

    public async Task StartAsync()
    {
        Declare(version: 0);
        await _home.UpAsync();
    }

    public async Task<bool> ReloadAsync(int number)
    {
        Declare(reload.ChangesEnvironment ? number : 0);
        var result = await _home.RunAsync(Patience, reload.ChangesEnvironment ? ["up"] : ["reload", "app"]);
        if (result.ExitCode != 0)
        {
            Progress.Say($"reload {number} exited with {result.ExitCode}: {result.Screen}");
        }

        return result.ExitCode == 0;
    }

    public ValueTask DisposeAsync() => _home.DisposeAsync();

    private void Declare(int version) => _home.Declare($$"""
        stack: bench
        edge:
          listen: [ "http://127.0.0.1:{{Port}}" ]
          ws_drain: {{wsDrain.TotalSeconds:0}}s
        services:
          app:
            command: [ node, {{Path.Combine(Repository.Root(), "tests/node/app.js")}} ]
            instances: {{reload.Instances}}
            port: {{(reload.FixedPort ? _servicePort : "auto")}}
            environment: { VERSION: "{{version}}" }
            healthcheck: { http: /health, interval: 5s, start_interval: 100ms }
        routes: [ { path: /, service: app } ]

        """);
}
