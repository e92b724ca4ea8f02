using System.Diagnostics;
using Mainstay.Bench.Report;
using Mainstay.Harness;
using Mainstay.Harness.Processes;

namespace Mainstay.Bench.LogFlow;

/// <summary>How much a service may say, whether every line of it is kept, and what a reader that stopped reading costs.</summary>
internal static class LogBench
{
    public const int BytesPerLine = 100;

    // A steady 5 MB/s for 20 s: a daemon that buffers for its readers grows by 100 MB.
    private const int SteadyLinesPerSecond = 50_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task<BenchReport> RunAsync(BenchOptions options)
    {
        var lines = options.Count ?? 1_000_000;
        var steady = TimeSpan.FromSeconds(options.Seconds ?? 20);
        var report = new BenchReport("logs", $"{lines:N0} numbered lines of {BytesPerLine} bytes as fast as they are taken; then {steady.TotalSeconds:0} s of 5 MB/s with a suspended reader.");
        List<Row> flow = [], reader = [];
        foreach (var make in Subjects(options))
        {
            for (var repeat = 0; repeat < (options.Repeats ?? 3); repeat++)
            {
                flow.Add(await FlowAsync(make, lines));
            }

            reader.Add(await SuspendedReaderAsync(make, steady));
        }

        report.Add("Throughput, and what was kept", flow);
        report.Add("The daemon's memory while a reader is suspended (SIGSTOP)", reader);
        return report;
    }

    private static IEnumerable<Func<ILogKeeper>> Subjects(BenchOptions options)
    {
        if (options.WantsMainstay())
        {
            yield return () => new MainstayLogs();
        }

        if (options.Wants("pm2"))
        {
            yield return () => new Pm2Logs();
        }
    }

    private static async Task<Row> FlowAsync(Func<ILogKeeper> make, int lines)
    {
        await using var keeper = make();
        Progress.Say($"{keeper.Name}: {lines:N0} lines");
        await keeper.PrepareAsync(Writer(lines, 0));
        var (start, cpu) = (Stopwatch.GetTimestamp(), ProcFs.CpuSeconds([keeper.DaemonPid]));
        await keeper.StartWriterAsync();
        await Eventually.BecomesAsync("the last line is kept", keeper.LastLineAsync, last => last >= lines, Patience);
        var took = Stopwatch.GetElapsedTime(start);
        cpu = ProcFs.CpuSeconds([keeper.DaemonPid]) - cpu;
        var megabytes = (double)lines * BytesPerLine / 1e6;
        return new(
            ("supervisor", keeper.Name),
            ("MB", megabytes),
            ("MB/s", megabytes / took.TotalSeconds),
            ("daemon CPU s per 100 MB", cpu / megabytes * 100),
            ("lines lost", lines - await keeper.CountAsync(lines)),
            ("daemon RSS MB", ProcFs.ResidentBytes(keeper.DaemonPid) / 1e6));
    }

    private static async Task<Row> SuspendedReaderAsync(Func<ILogKeeper> make, TimeSpan steady)
    {
        await using var keeper = make();
        Progress.Say($"{keeper.Name}: suspended reader");
        await keeper.PrepareAsync(Writer((int)(SteadyLinesPerSecond * steady.TotalSeconds), SteadyLinesPerSecond));
        await keeper.StartWriterAsync();
        await using var reader = keeper.Follow();
        await Eventually.TrueAsync("the reader reads", () => reader.Out.Length > 0);
        var before = ProcFs.ResidentBytes(keeper.DaemonPid);
        reader.Send(Signal.Stop);
        await Task.Delay(steady - TimeSpan.FromSeconds(3), TimeProvider.System, CancellationToken.None);
        var after = ProcFs.ResidentBytes(keeper.DaemonPid);
        reader.Send(Signal.Kill);
        return new(
            ("supervisor", keeper.Name),
            ("RSS MB before", before / 1e6),
            ("RSS MB with the reader suspended", after / 1e6),
            ("grown by MB", (after - before) / 1e6));
    }

    private static string[] Writer(int lines, int perSecond) =>
        ["python3", Path.Combine(Mainstay.Testing.Repository.Root(), "bench/services/writer.py"), $"{lines}", $"{BytesPerLine}", $"{perSecond}"];
}
