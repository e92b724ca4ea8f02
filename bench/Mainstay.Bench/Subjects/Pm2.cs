using System.Globalization;
using System.Text.Json;
using Mainstay.Harness;
using Mainstay.Harness.Processes;
using Mainstay.Testing;

namespace Mainstay.Bench.Subjects;

/// <summary>One app as PM2 lists it.</summary>
internal sealed record Pm2App(string Name, int Pid, string Status, int Restarts);

/// <summary>PM2 with its own home, so that it meets no other PM2 of this machine.</summary>
internal sealed class Pm2 : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private readonly string _program = Path.Combine(Repository.Root(), "bench/node/node_modules/pm2/bin/pm2");

    public Pm2()
    {
        Home = Directory.CreateTempSubdirectory("pm2-").FullName;
        if (!File.Exists(_program))
        {
            throw new HarnessException("pm2 is not installed: run eng/install-test-tools.sh --bench");
        }
    }

    public string Home { get; }

    public int DaemonPid => int.Parse(File.ReadAllText(Path.Combine(Home, "pm2.pid")), CultureInfo.InvariantCulture);

    public string LogOf(string app) => Path.Combine(Home, "logs", $"{app}-out.log");

    public Task<CommandResult> RunAsync(params string[] arguments) => Child.RunAsync("node", [_program, .. arguments], Home, Surroundings, Deadline);

    public Child Start(params string[] arguments) => Child.Start("node", [_program, .. arguments], Home, Surroundings);

    /// <summary>Declares the apps as an ecosystem file and starts them.</summary>
    public async Task StartAsync(params object[] apps) => (await RunAsync("start", Declare(apps))).MustExit(0);

    /// <summary>Writes the ecosystem file and returns its path.</summary>
    public string Declare(params object[] apps)
    {
        var file = Path.Combine(Home, "ecosystem.json");
        File.WriteAllText(file, JsonSerializer.Serialize(new { apps }));
        return file;
    }

    public async Task<IReadOnlyList<Pm2App>> ListAsync()
    {
        var list = (await RunAsync("jlist")).MustExit(0).Out;
        using var json = JsonDocument.Parse(list[list.IndexOf('[', StringComparison.Ordinal)..]);
        return [.. json.RootElement.EnumerateArray().Select(Read)];

        static Pm2App Read(JsonElement app)
        {
            var env = app.GetProperty("pm2_env");
            return new(app.GetProperty("name").GetString()!, app.TryGetProperty("pid", out var pid) ? pid.GetInt32() : 0,
                env.GetProperty("status").GetString()!, env.GetProperty("restart_time").GetInt32());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("kill");
        foreach (var left in ProcFs.Mentioning(Home))
        {
            left.Send(Signal.Kill);
        }

        await Eventually.TrueAsync("PM2 and its apps are gone", () => ProcFs.Mentioning(Home).Count == 0);
        Directory.Delete(Home, recursive: true);
    }

    // The update check is PM2's only outside connection; a benchmark has no business with the network.
    private IEnumerable<(string, string)> Surroundings =>
        [("PM2_HOME", Home), ("PM2_DISABLE_VERSION_CHECK", "true"), ("NO_COLOR", "1"), ("PM2_DISCRETE_MODE", "true")];
}
