using Mainstay.Bench.Report;
using Mainstay.Bench.Subjects;
using Mainstay.Harness.Product;
using Mainstay.Testing;

namespace Mainstay.Bench.Crash;

/// <summary>How often a program that cannot live is started again, and what the supervisor then says about it.</summary>
internal static class CrashBench
{
    private static readonly (string Name, string Lives)[] Apps =
    [
        ("dies-at-once", "0"),
        ("dies-after-900ms", "900"),
        ("dies-after-1200ms", "1200"),
        ("dies-after-5s", "5000"),
        ("healthy-20s-then-dies-at-once", "20000,0"),
    ];

    private static string Program => Path.Combine(Repository.Root(), "bench/services/mortal.js");

    public static async Task<BenchReport> RunAsync(BenchOptions options)
    {
        var watch = TimeSpan.FromSeconds(options.Seconds ?? 60);
        var report = new BenchReport("crash", $"Programs that cannot live, watched for {watch.TotalSeconds:0} s with each supervisor's default limits.");
        List<(string App, string By, int Restarts, string State)> found = [];
        if (options.Wants("pm2"))
        {
            found.AddRange(await UnderPm2Async(watch));
        }

        if (options.WantsMainstay())
        {
            found.AddRange(await UnderMainstayAsync(watch));
        }

        report.Add("Restarts and the state at the end", found.OrderBy(f => Array.FindIndex(Apps, a => a.Name == f.App)).Select(f =>
            new Row(("app", f.App), ("supervisor", f.By), ("restarts", f.Restarts), ("state at the end", f.State))));
        return report;
    }

    private static async Task<IEnumerable<(string, string, int, string)>> UnderPm2Async(TimeSpan watch)
    {
        await using var pm2 = new Pm2();
        Progress.Say($"PM2 for {watch.TotalSeconds:0} s");
        await pm2.StartAsync([.. Apps.Select(a => (object)new { name = a.Name, script = Program, exec_mode = "fork", env = Surroundings(a, pm2.Home) })]);
        await Task.Delay(watch, TimeProvider.System, CancellationToken.None);
        return (await pm2.ListAsync()).Select(a => (a.Name, "pm2", a.Restarts, a.Status));
    }

    private static async Task<IEnumerable<(string, string, int, string)>> UnderMainstayAsync(TimeSpan watch)
    {
        await using var home = MainstayHome.Create();
        home.Declare($"stack: crash\nservices:\n{string.Concat(Apps.Select(a =>
            $"  {a.Name}: {{ command: [ node, {Program} ], environment: {{ LIVES: \"{a.Lives}\", MEMORY: {home.Folder}/{a.Name} }} }}\n"))}");
        Progress.Say($"Mainstay for {watch.TotalSeconds:0} s");

        // Up waits for what cannot become ready; the watch begins when the programs begin.
        var up = home.RunAsync(watch * 2, "up");
        await Task.Delay(watch, TimeProvider.System, CancellationToken.None);
        var status = await home.StatusAsync();
        await up;
        return status.Services.Select(s => (s.Name, "mainstay", s.Restarts, $"{s.State}: {s.Because}"));
    }

    private static Dictionary<string, string> Surroundings((string Name, string Lives) app, string folder) =>
        new() { ["LIVES"] = app.Lives, ["MEMORY"] = Path.Combine(folder, app.Name) };
}
