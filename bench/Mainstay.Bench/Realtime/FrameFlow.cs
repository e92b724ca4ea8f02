using System.Text.Json;
using Mainstay.Bench.Report;
using Mainstay.Harness.Processes;

namespace Mainstay.Bench.Realtime;

/// <summary>How many frames a second are acknowledged, and how many of them are stored; and how long an ack takes when nobody is in a hurry.</summary>
internal static class FrameFlow
{
    private const int Calls = 20;
    private const int Window = 80;
    private const int SteadyCalls = 200;
    private const int SteadyPerSecond = 10;

    /// <summary>Not a multiple of the ten frames that are acknowledged together.</summary>
    private const int ShortCall = 25;

    public static string About => $"{Calls} calls of one spare client send frames of 3,200 bytes into Redis, {Window} of each unacknowledged.";

    public static IEnumerable<Func<string, Subject>> Subjects(BenchOptions options)
    {
        if (options.WantsMainstay())
        {
            yield return redis => Subject.Ingest(redis);
        }

        if (options.Wants("ws"))
        {
            yield return redis => Subject.Node(redis);
            yield return redis => Subject.Node(redis, honest: true);
        }
    }

    public static async Task<Row> FastAsync(Func<string, Subject> of, int seconds)
    {
        var data = Directory.CreateTempSubdirectory("mainstay-bench-").FullName;
        await using var redis = await BenchRedis.StartAsync(data);
        var subject = of(redis.Url);
        Progress.Say($"{subject.Name}: as fast as it goes, {seconds} s");
        var (service, port) = await subject.StartAsync(data);
        await using var running = service;
        var cpu = ProcFs.CpuSeconds([service.Pid]);
        var calls = Enumerable.Range(0, Calls).Select(number => new FrameLoad(port, number, Window)).ToArray();
        await Task.WhenAll(calls.Select(call => Task.Factory.StartNew(() => call.Run(TimeSpan.FromSeconds(seconds)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        cpu = ProcFs.CpuSeconds([service.Pid]) - cpu;
        Array.ForEach(calls, call => call.Dispose());
        var acked = calls.Sum(c => c.Acked);
        var latencies = calls.SelectMany(c => c.LatenciesMs).Order().ToArray();
        return new(
            ("service", subject.Name),
            ("acked frames/s", (double)acked / seconds),
            ("acked", acked),
            ("in the stream", await redis.StreamLengthAsync()),
            ("ack p50 ms", At(latencies, 0.5)),
            ("ack p99 ms", At(latencies, 0.99)),
            ("CPU s per 100,000 frames", cpu / acked * 100_000),
            ("RSS MB", ProcFs.ResidentBytes(service.Pid) / 1e6));
    }

    /// <summary>With an ack for each frame, how long it takes; with one for ten, when the last frames of a call have theirs.</summary>
    public static async Task<Row> SteadyAsync(Func<string, Subject> of, int seconds)
    {
        var data = Directory.CreateTempSubdirectory("mainstay-bench-").FullName;
        await using var redis = await BenchRedis.StartAsync(data);
        var each = of(redis.Url).With(("ACK_INTERVAL", "1"));
        Progress.Say($"{each.Name}: {SteadyCalls} calls at {SteadyPerSecond} frames a second, {seconds} s");
        using var steady = await PacedAsync(each, data, seconds * SteadyPerSecond);
        using var tail = await PacedAsync(of(redis.Url), data, ShortCall);
        return new(
            ("service", each.Name),
            ("frames", steady.RootElement.GetProperty("acked").GetInt64()),
            ("ack p50 ms", Number(steady, "p50")),
            ("ack p99 ms", Number(steady, "p99")),
            ("last frame p50 ms", Number(tail, "tail50")),
            ("last frame p99 ms", Number(tail, "tail99")),
            ("calls never acked to the end", tail.RootElement.GetProperty("never").GetInt64()));
    }

    private static async Task<JsonDocument> PacedAsync(Subject subject, string data, int frames)
    {
        var (service, port) = await subject.StartAsync(data);
        await using var running = service;
        return await ClientAsync(data, "ingest-paced.js", (frames / SteadyPerSecond) + 90, port, SteadyCalls, SteadyPerSecond, frames);
    }

    private static async Task<JsonDocument> ClientAsync(string data, string script, int patience, params int[] arguments)
    {
        var client = await Child.RunAsync("node", [Subject.Script(script), .. arguments.Select(a => $"{a}")], data, [], TimeSpan.FromSeconds(patience));
        return JsonDocument.Parse(client.MustExit(0).Out);
    }

    private static double? At(double[] sorted, double share) => sorted.Length == 0 ? null : sorted[(int)(sorted.Length * share)];

    private static double? Number(JsonDocument seen, string name) => seen.RootElement.GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;
}
