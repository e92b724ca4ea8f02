using Mainstay.Bench.Report;
using Mainstay.Bench.Subjects;
using Mainstay.Harness.Network;
using Mainstay.Testing;

namespace Mainstay.Bench.Reload;

/// <summary>The same program under PM2, reached on its own port, as PM2's users do.</summary>
/// <param name="tuned">With what PM2's documentation offers against lost requests: wait_ready, and a kill_timeout longer than any request.</param>
internal sealed class Pm2Reloaded(ReloadCase reload, bool tuned) : IReloaded
{
    private readonly Pm2 _pm2 = new();

    public string Case => reload.Title;

    public string By => tuned ? "pm2, tuned" : "pm2";

    public int Port { get; } = FreePort.Take();

    public Task StartAsync() => _pm2.StartAsync(App(version: 0));

    public async Task<bool> ReloadAsync(int number)
    {
        var target = reload.ChangesEnvironment ? _pm2.Declare(App(number)) : "app";
        var result = await _pm2.RunAsync(["reload", target, .. reload.ChangesEnvironment ? ["--update-env"] : Array.Empty<string>()]);
        if (result.ExitCode != 0)
        {
            Progress.Say($"reload {number} exited with {result.ExitCode}: {result.Screen}");
        }

        return result.ExitCode == 0;
    }

    public ValueTask DisposeAsync() => _pm2.DisposeAsync();

    private Dictionary<string, object> App(int version)
    {
        Dictionary<string, object> app = new()
        {
            ["name"] = "app",
            ["script"] = Path.Combine(Repository.Root(), "tests/node/app.js"),
            ["instances"] = reload.Instances,
            ["exec_mode"] = reload.FixedPort ? "fork" : "cluster",
            ["env"] = new { PORT = $"{Port}", VERSION = $"{version}" },
        };
        if (tuned)
        {
            (app["wait_ready"], app["kill_timeout"], app["listen_timeout"]) = (true, 15_000, 10_000);
        }

        return app;
    }
}
