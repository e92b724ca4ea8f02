using System.Globalization;
using System.Text.Json;
using Mainstay.Bench.Report;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;

namespace Mainstay.Bench.Realtime;

/// <summary>Frames a second that are acknowledged, and how many of them are stored; and what an idle socket costs.</summary>
internal static class RealtimeBench
{
    private const int Calls = 20;
    private const int Window = 80;

    private static readonly string[] Kinds = ["mainstay", "ws"];

    public static async Task<BenchReport> RunAsync(BenchOptions options)
    {
        var seconds = options.Seconds ?? 8;
        var sockets = options.Count ?? (options.Large ? 10_000 : 5_000);
        var report = new BenchReport("realtime", $"{Calls} calls of one Node client send frames of 3,200 bytes into Redis, {Window} of each unacknowledged; then {sockets:N0} idle sockets.");
        List<Row> flow = [], idle = [];
        for (var repeat = 0; repeat < (options.Repeats ?? 3); repeat++)
        {
            foreach (var kind in Kinds.Where(options.Wants))
            {
                flow.Add(await FlowAsync(kind, seconds));
            }
        }

        foreach (var subject in Idle(options))
        {
            idle.Add(await IdleAsync(subject, sockets));
        }

        report.Add("Frames", flow);
        report.Add("Idle sockets", idle);
        report.Note("npm ws + ioredis acknowledges a frame when it comes in and keeps the last 1,000 of all calls; Mainstay when Redis has it, and keeps ten minutes. Client, Redis and service share the machine.");
        return report;
    }

    private static IEnumerable<Subject> Idle(BenchOptions options)
    {
        if (options.WantsMainstay())
        {
            yield return Subject.Mainstay(redis: null);
        }

        if (options.Wants("ws"))
        {
            yield return Subject.Node("redis://127.0.0.1:1");
        }

        if (options.Wants("socket.io"))
        {
            yield return Subject.SocketIo();
        }
    }

    private static async Task<Row> FlowAsync(string kind, int seconds)
    {
        var data = Directory.CreateTempSubdirectory("mainstay-bench-").FullName;
        var redisPort = FreePort.Take();
        await using var redis = Child.Start("redis-server", ["--port", $"{redisPort}", "--bind", "127.0.0.1", "--save", "", "--dir", data], data, []);
        await Eventually.BecomesAsync("redis answers", () => RedisAsync(redisPort, "PING"), said => said.Contains("PONG", StringComparison.Ordinal));
        var url = $"redis://127.0.0.1:{redisPort}";
        var subject = kind == "mainstay" ? Subject.Mainstay(url) : Subject.Node(url);
        Progress.Say($"{subject.Name}: {seconds} s");
        var (service, port) = await subject.StartAsync(data);
        await using var running = service;
        var cpu = ProcFs.CpuSeconds([service.Pid]);
        var client = await Child.RunAsync("node", [Subject.Script("ingest-load.js"), $"{port}", $"{Calls}", $"{seconds}", $"{Window}"], data, [], TimeSpan.FromSeconds(seconds + 30));
        cpu = ProcFs.CpuSeconds([service.Pid]) - cpu;
        using var seen = JsonDocument.Parse(client.MustExit(0).Out);
        var acked = seen.RootElement.GetProperty("acked").GetInt64();
        var row = new Row(
            ("service", subject.Name),
            ("acked frames/s", seen.RootElement.GetProperty("per_second").GetDouble()),
            ("of them in the stream", await StreamLengthAsync(redisPort)),
            ("acked", acked),
            ("ack p50 ms", seen.RootElement.GetProperty("p50").GetDouble()),
            ("ack p99 ms", seen.RootElement.GetProperty("p99").GetDouble()),
            ("CPU s per 100,000 frames", cpu / acked * 100_000),
            ("RSS MB", ProcFs.ResidentBytes(service.Pid) / 1e6));
        service.Send(Signal.Kill);
        redis.Send(Signal.Kill);
        return row;
    }

    private static async Task<Row> IdleAsync(Subject subject, int count)
    {
        var data = Directory.CreateTempSubdirectory("mainstay-bench-").FullName;
        Progress.Say($"{subject.Name}: {count:N0} idle sockets");
        var (service, port) = await subject.StartAsync(data);
        await using var running = service;
        var before = ProcFs.ResidentBytes(service.Pid);
        await using var clients = Child.Start("node", [Subject.Script("idle-clients.js"), subject.Kind, $"{port}", $"{count}"], data, []);
        await Eventually.TrueAsync("all sockets are open", () => clients.Out.Contains("open", StringComparison.Ordinal), TimeSpan.FromMinutes(2));
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, CancellationToken.None);
        var (after, cpu) = (ProcFs.ResidentBytes(service.Pid), ProcFs.CpuSeconds([service.Pid]));
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, CancellationToken.None);
        cpu = ProcFs.CpuSeconds([service.Pid]) - cpu;
        clients.Send(Signal.Kill);
        service.Send(Signal.Kill);
        return new(
            ("service", subject.Name),
            ("RSS MB before", before / 1e6),
            ("RSS MB with them", after / 1e6),
            ("KB per socket", (after - before) / 1024.0 / count),
            ("CPU %", cpu / 5 * 100));
    }

    private static async Task<long> StreamLengthAsync(int port) => long.Parse((await RedisAsync(port, "XLEN", "audio_stream")).Trim(), CultureInfo.InvariantCulture);

    private static async Task<string> RedisAsync(int port, params string[] command) =>
        (await Child.RunAsync("redis-cli", ["-p", $"{port}", .. command], "/", [], TimeSpan.FromSeconds(10))).Out;
}
