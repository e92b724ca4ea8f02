using System.Diagnostics;
using Mainstay.Bench.Report;
using Mainstay.Harness.Load;

namespace Mainstay.Bench.Reload;

/// <summary>Reloads a service again and again while it is used in every way that a reload can break.</summary>
internal static class ReloadBench
{
    private const int NormalClose = 1000;
    private const int GoingAway = 1001;

    private static readonly TimeSpan WsDrain = TimeSpan.FromSeconds(2);

    // A close frame travels; a socket that lived its drain but for this counts as drained.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(100);

    public static async Task<BenchReport> RunAsync(BenchOptions options)
    {
        var count = options.Count ?? 200;
        var report = new BenchReport("reload",
            $"{count} reloads of a Node service under 16 keep-alive connections, 4 requests of 2-10 s, an event stream and 2 WebSockets.");
        foreach (var which in ReloadCase.All)
        {
            // A fixed port and PM2 pay seconds per reload; fewer of them show the same.
            var fewer = options.Count ?? (which.FixedPort ? 50 : 200);
            List<Row> rows = [];
            if (options.WantsMainstay())
            {
                rows.Add(await MeasureAsync(new MainstayReloaded(which, WsDrain), fewer));
            }

            foreach (var tuned in new[] { false, true })
            {
                if (options.Wants(tuned ? "pm2-tuned" : "pm2"))
                {
                    rows.Add(await MeasureAsync(new Pm2Reloaded(which, tuned), Math.Min(fewer, 20)));
                }
            }

            report.Add(which.Title, rows);
        }

        report.Note("lost: requests that got no good answer, of which the slow ones were under way when the reload came. "
            + $"sockets drained: closed by 1001 after at least ws_drain ({WsDrain.TotalSeconds:0} s); cut: ended in any other way.");
        report.Note("longest silence: the longest time in which nobody got an answer. Meanwhile each connection tries again every 25 ms, and each try that is refused counts as lost.");
        report.Note("pm2, tuned: wait_ready, kill_timeout 15 s, listen_timeout 10 s. PM2 is reached on the service's own port, Mainstay through its edge.");
        return report;
    }

    private static async Task<Row> MeasureAsync(IReloaded subject, int count)
    {
        await using var _ = subject;
        Progress.Say($"{subject.By}: {subject.Case}, {count} times");
        await subject.StartAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(subject.Port) with
        {
            SlowPath = "/slow",
            SlowFrom = TimeSpan.FromSeconds(2),
            SlowTo = TimeSpan.FromSeconds(10),
        });
        await load.FlowsAsync();
        var users = new LongLived(subject.Port);
        var (times, refused) = (new Samples(), 0);
        for (var number = 1; number <= count; number++)
        {
            var start = Stopwatch.GetTimestamp();
            refused += await subject.ReloadAsync(number) ? 0 : 1;
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (number % 10 == 0)
            {
                Progress.Say($"{number} reloads, {load.LostSoFar} requests lost");
            }
        }

        await load.FlowsAsync();
        await users.DisposeAsync();
        return Describe(subject, count, refused, times, await load.StopAsync(), users);
    }

    private static Row Describe(IReloaded subject, int count, int refused, Samples times, LoadReport load, LongLived users)
    {
        var drained = users.EndedSockets.Count(s => s.Code is GoingAway or NormalClose && s.Lived >= WsDrain - Slack);
        return new(
            ("supervisor", subject.By),
            ("reloads", count),
            ("failed reloads", refused),
            ("s per reload", times.Median),
            ("requests", load.Good + load.GoodSlow + load.Lost.Count),
            ("lost", load.Lost.Count),
            ("lost slow", $"{load.Lost.Count(l => l.Slow)} of {load.GoodSlow + load.Lost.Count(l => l.Slow)}"),
            ("how", load.Kinds),
            ("streams broken", $"{users.Streams.Count(s => !s.Complete)} of {users.Streams.Count}"),
            ("sockets drained", drained),
            ("sockets cut", users.EndedSockets.Count - drained + users.RefusedSockets),
            ("p99 ms", load.P99.TotalMilliseconds),
            ("longest ms", load.Longest.TotalMilliseconds),
            ("longest silence ms", load.LongestGap.TotalMilliseconds));
    }
}
