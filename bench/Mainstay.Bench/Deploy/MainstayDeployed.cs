using System.Text.Json;
using Mainstay.Bench.Report;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.Bench.Deploy;

/// <summary>Under Mainstay: a release of its own for each commit, proven before it gets traffic, watched after.</summary>
internal sealed class MainstayDeployed(TimeSpan bake) : IDeployed
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly MainstayHome _home = MainstayHome.Create();
    private readonly CommittedApp _app = new();

    public string By => "mainstay deploy";

    public int Port { get; } = FreePort.Take();

    public async Task StartAsync()
    {
        await _app.InitAsync();
        _home.Declare($$"""
            stack: bench
            edge: { listen: [ "http://127.0.0.1:{{Port}}" ], ws_drain: 2s }
            services:
              app:
                command: [ node, app.js ]
                instances: 2
                source: { git: "{{_app.Folder}}", ref: main }
                artifacts: [ app.js ]
                healthcheck: { http: /health, interval: 5s, start_interval: 100ms }
                deploy: { bake: {{bake.TotalSeconds:0}}s, rollback_on: { restarts: 1 } }
            routes: [ { path: /, service: app } ]

            """);
        (await _home.RunAsync(Patience, "deploy")).MustExit(0);
    }

    public async Task<bool> DeployAsync(int number)
    {
        await _app.CommitAsync(number);
        var result = await _home.RunAsync(Patience, "deploy");
        if (result.ExitCode != 0)
        {
            Progress.Say($"deploy {number} exited with {result.ExitCode}: {result.Screen}");
        }

        return result.ExitCode == 0;
    }

    public async Task<IReadOnlyDictionary<string, double>> StepsAsync()
    {
        using var json = JsonDocument.Parse((await _home.RunAsync(Patience, "rollouts", "-n", "100", "--json")).MustExit(0).Out);
        return json.RootElement.GetProperty("rollouts").EnumerateArray()
            .SelectMany(r => r.GetProperty("steps").EnumerateArray())
            .Where(s => s.GetProperty("ended_at").ValueKind is JsonValueKind.String)
            .GroupBy(s => s.GetProperty("kind").GetString()!)
            .ToDictionary(g => g.Key, g => Median(g.Select(s => (s.GetProperty("ended_at").GetDateTimeOffset() - s.GetProperty("started_at").GetDateTimeOffset()).TotalSeconds)));
    }

    public async ValueTask DisposeAsync()
    {
        await _home.DisposeAsync();
        _app.Dispose();
    }

    private static double Median(IEnumerable<double> values)
    {
        var samples = new Samples();
        foreach (var value in values)
        {
            samples.Add(value);
        }

        return samples.Median ?? 0;
    }
}
