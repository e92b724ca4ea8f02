using System.Diagnostics;
using Mainstay.Bench.Report;
using Mainstay.Bench.Subjects;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.Bench.Footprint;

/// <summary>The price of being supervised while nothing happens, over services that do nothing themselves.</summary>
internal static class FootprintBench
{
    private const int ListRepeats = 9;

    // Start-up work has to be over: what is measured is the price of every minute, not of the first.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task<BenchReport> RunAsync(BenchOptions options)
    {
        var watch = TimeSpan.FromSeconds(options.Seconds ?? 20);
        var report = new BenchReport("footprint", $"Supervisors of services that only sleep, idle for {watch.TotalSeconds:0} s.");
        List<Row> rows = [];
        foreach (var services in new[] { 1, 50, 500 })
        {
            if (options.WantsMainstay())
            {
                rows.AddRange(await UnderMainstayAsync(services, watch));
            }

            if (options.Wants("pm2") && (services < 500 || options.Large))
            {
                rows.Add(await UnderPm2Async(services, watch));
            }
        }

        report.Add("Memory, idle CPU, and how long the list of services takes", rows);
        report.Note("list: `mainstay status --json` and `pm2 jlist`, the whole command, median and worst of 9.");
        return report;
    }

    private static async Task<IReadOnlyList<Row>> UnderMainstayAsync(int services, TimeSpan watch)
    {
        await using var home = MainstayHome.Create($$"""
            stack: footprint
            edge: { listen: [ "http://127.0.0.1:{{FreePort.Take()}}" ] }
            services:
            {{string.Concat(Enumerable.Range(1, services).Select(n => $"  s{n}: {{ command: [ sleep, \"1000000\" ], {(n == 1 ? "port: auto, healthcheck: { command: [ 'true' ], interval: 1h }" : "port: ~")} }}\n"))}}
            routes: [ { path: /, service: s1 } ]

            """.Replace(", port: ~", "", StringComparison.Ordinal));
        Progress.Say($"mainstay, {services} services");
        (await home.RunAsync(Patience, "up")).MustExit(0);
        await Task.Delay(Settling, TimeProvider.System, CancellationToken.None);
        var list = await TimeAsync(() => home.RunAsync("status", "--json"));
        await Task.Delay(Settling, TimeProvider.System, CancellationToken.None);
        var status = await home.StatusAsync();
        var both = await Task.WhenAll(Footprint.OfAsync([status.Daemon.Pid], watch), Footprint.OfAsync([status.Edge.Pid!.Value], watch));
        return [both[0].Row(services, "mainstay daemon", list), both[1].Row(services, "mainstay edge", null)];
    }

    private static async Task<Row> UnderPm2Async(int services, TimeSpan watch)
    {
        await using var pm2 = new Pm2();
        Progress.Say($"pm2, {services} services");
        await pm2.StartAsync([.. Enumerable.Range(1, services).Select(n =>
            (object)new { name = $"s{n}", script = "/bin/sleep", args = "1000000", interpreter = "none", exec_mode = "fork" })]);
        await Task.Delay(Settling, TimeProvider.System, CancellationToken.None);
        var list = await TimeAsync(() => pm2.RunAsync("jlist"));
        await Task.Delay(Settling, TimeProvider.System, CancellationToken.None);
        return (await Footprint.OfAsync([pm2.DaemonPid], watch)).Row(services, "pm2 daemon", list);
    }

    private static async Task<Samples> TimeAsync(Func<Task> list)
    {
        var times = new Samples();
        for (var i = 0; i < ListRepeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await list();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times;
    }
}
