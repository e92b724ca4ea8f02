using System.Diagnostics;
using Mainstay.Bench.Report;
using Mainstay.Harness.Load;

namespace Mainstay.Bench.Deploy;

/// <summary>Deploys commit after commit while the service is used.</summary>
internal static class DeployBench
{
    private static readonly TimeSpan Bake = TimeSpan.FromSeconds(1);

    public static async Task<BenchReport> RunAsync(BenchOptions options)
    {
        var count = options.Count ?? 50;
        var report = new BenchReport("deploy", $"{count} deploys of a Node service with 2 instances under 16 keep-alive connections and 4 requests of 2-5 s.");
        List<Row> rows = [];
        IReadOnlyDictionary<string, double> steps = new Dictionary<string, double>();
        if (options.WantsMainstay())
        {
            await using var mainstay = new MainstayDeployed(Bake);
            rows.Add(await MeasureAsync(mainstay, count));
            steps = await mainstay.StepsAsync();
        }

        if (options.Wants("pm2"))
        {
            await using var pm2 = new Pm2Deployed();
            rows.Add(await MeasureAsync(pm2, Math.Min(count, 20)));
        }

        report.Add("under load", rows);
        report.Add("seconds of each step, median", [new([.. steps.Select(s => (s.Key, (object?)s.Value))])]);
        report.Note("lost: requests that got no good answer. PM2 serves on the service's own port from the working tree that is pulled; Mainstay through its edge from a release of its own for each commit.");
        report.Note($"Mainstay's deploy holds a clean checkout, the hash of every file, the proof of each process and a bake of {Bake.TotalSeconds:0} s. An old process stays until its slow requests are answered.");
        return report;
    }

    private static async Task<Row> MeasureAsync(IDeployed subject, int count)
    {
        Progress.Say($"{subject.By}: {count} deploys");
        await subject.StartAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(subject.Port) with
        {
            SlowPath = "/slow",
            SlowFrom = TimeSpan.FromSeconds(2),
            SlowTo = TimeSpan.FromSeconds(5),
        });
        await load.FlowsAsync();
        var (times, failed) = (new Samples(), 0);
        for (var number = 1; number <= count; number++)
        {
            var start = Stopwatch.GetTimestamp();
            failed += await subject.DeployAsync(number) ? 0 : 1;
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (number % 10 == 0)
            {
                Progress.Say($"{number} deploys, {load.LostSoFar} requests lost");
            }
        }

        await load.FlowsAsync();
        var seen = await load.StopAsync();
        return new(
            ("deployer", subject.By),
            ("deploys", count),
            ("failed deploys", failed),
            ("s per deploy", times.Median),
            ("requests", seen.Good + seen.GoodSlow + seen.Lost.Count),
            ("lost", seen.Lost.Count),
            ("lost slow", $"{seen.Lost.Count(l => l.Slow)} of {seen.GoodSlow + seen.Lost.Count(l => l.Slow)}"),
            ("how", seen.Kinds),
            ("p99 ms", seen.P99.TotalMilliseconds),
            ("longest silence ms", seen.LongestGap.TotalMilliseconds));
    }
}
