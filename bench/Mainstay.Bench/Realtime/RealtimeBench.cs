using Mainstay.Bench.Report;

namespace Mainstay.Bench.Realtime;

/// <summary>The realtime services beside a Node service of the design that ingest replaces, and beside socket.io.</summary>
internal static class RealtimeBench
{
    private const int Idle = 10_000;

    public static async Task<BenchReport> RunAsync(BenchOptions options)
    {
        var (seconds, repeats) = (options.Seconds ?? 8, options.Repeats ?? 3);
        var report = new BenchReport("realtime", $"Ingest and hub on loopback; clients, Redis and services share the machine. {repeats} rounds, each with all subjects in turn.");
        await FillAsync(report, options, $"Frames, as fast as they are acknowledged. {FrameFlow.About}", repeats, Each(FrameFlow.Subjects(options), of => FrameFlow.FastAsync(of, seconds)));
        await FillAsync(report, options, "Acks. 200 calls at 10 frames a second; an ack for each frame, and then the last of 25 frames with an ack for ten", repeats, Each(FrameFlow.Subjects(options), of => FrameFlow.SteadyAsync(of, seconds)));
        await FillAsync(report, options, "Idle sockets", 1, Each(IdleSockets.Subjects(options), subject => IdleSockets.MeasureAsync(subject, options.Count ?? Idle)));
        await FillAsync(report, options, "Fan-out. One publisher, one room", repeats, Rooms(new Room(1_000, 10, seconds, 200, 0)));
        await FillAsync(report, options, "A watcher that stops reading. What the others notice", repeats, Rooms(new Room(50, 50, Math.Max(seconds, 15), 16_000, 0), new Room(50, 50, Math.Max(seconds, 15), 16_000, 1)));
        report.Note("npm ws + ioredis acknowledges a frame when it comes in (as the original does) or, as an own row, when Redis has it; both keep the last 1,000 frames of all calls. Mainstay acknowledges when Redis has it, and keeps ten minutes.");
        report.Note("Events of the hub are on disk before anybody is told; socket.io has none.");
        return report;

        IEnumerable<Func<Task<Row>>> Rooms(params Room[] rooms) => rooms.SelectMany(room => Each(FanOut.Subjects(options), of => FanOut.MeasureAsync(of(), room)));
    }

    private static IEnumerable<Func<Task<Row>>> Each<T>(IEnumerable<T> subjects, Func<T, Task<Row>> measure) => subjects.Select<T, Func<Task<Row>>>(subject => () => measure(subject));

    /// <summary>Round by round, so that what else the machine does disturbs all alike.</summary>
    private static async Task FillAsync(BenchReport report, BenchOptions options, string title, int rounds, IEnumerable<Func<Task<Row>>> measures)
    {
        if (!options.WantsPart(title))
        {
            return;
        }

        List<Row> rows = [];
        var all = measures.ToArray();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var measure in all)
            {
                rows.Add(await measure());
            }
        }

        report.Add(title, rows.OrderBy(r => r.Cells[0].Value as string, StringComparer.Ordinal).ThenBy(r => Key(r)));
    }

    private static object? Key(Row row) => row.Cells.FirstOrDefault(c => c.Column == "that stopped").Value;
}
