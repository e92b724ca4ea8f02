using Mainstay.Bench.Report;
using Mainstay.Bench.Subjects;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;

namespace Mainstay.Bench.Deploy;

/// <summary>As <c>pm2 deploy</c> does it: the working tree that serves is pulled, and PM2 reloads from it.</summary>
internal sealed class Pm2Deployed : IDeployed
{
    private readonly Pm2 _pm2 = new();
    private readonly CommittedApp _app = new();
    private readonly string _live = Path.Combine(Directory.CreateTempSubdirectory("live-").FullName, "source");

    public string By => "git pull, pm2 reload";

    public int Port { get; } = FreePort.Take();

    public async Task StartAsync()
    {
        await _app.InitAsync();
        (await Child.RunAsync("git", ["clone", "-q", _app.Folder, _live], _app.Folder, [], TimeSpan.FromMinutes(1))).MustExit(0);
        await _pm2.StartAsync(new Dictionary<string, object>
        {
            ["name"] = "app",
            ["script"] = Path.Combine(_live, "app.js"),
            ["cwd"] = _live,
            ["instances"] = 2,
            ["exec_mode"] = "cluster",
            ["env"] = new Dictionary<string, string> { ["PORT"] = Port.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        });
    }

    public async Task<bool> DeployAsync(int number)
    {
        await _app.CommitAsync(number);
        var pulled = await Child.RunAsync("git", ["-C", _live, "pull", "-q"], _live, [], TimeSpan.FromMinutes(1));
        var reloaded = await _pm2.RunAsync("reload", "app");
        if (pulled.ExitCode != 0 || reloaded.ExitCode != 0)
        {
            Progress.Say($"deploy {number} failed: {pulled.Screen} {reloaded.Screen}");
        }

        return pulled.ExitCode == 0 && reloaded.ExitCode == 0;
    }

    public Task<IReadOnlyDictionary<string, double>> StepsAsync() => Task.FromResult<IReadOnlyDictionary<string, double>>(new Dictionary<string, double>());

    public async ValueTask DisposeAsync()
    {
        await _pm2.DisposeAsync();
        _app.Dispose();
        Directory.Delete(Path.GetDirectoryName(_live)!, recursive: true);
    }
}
