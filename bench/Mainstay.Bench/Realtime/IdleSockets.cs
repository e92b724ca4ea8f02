using Mainstay.Bench.Report;
using Mainstay.Harness;
using Mainstay.Harness.Processes;

namespace Mainstay.Bench.Realtime;

/// <summary>What a socket costs on which nothing happens.</summary>
internal static class IdleSockets
{
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan s_watched = TimeSpan.FromSeconds(5);

    public static IEnumerable<Subject> Subjects(BenchOptions options)
    {
        if (options.WantsMainstay())
        {
            yield return Subject.Ingest(redis: null);
            yield return Subject.Hub();
        }

        if (options.Wants("ws"))
        {
            yield return Subject.Node("redis://127.0.0.1:1");
        }

        if (options.Wants("socket.io"))
        {
            yield return Subject.SocketIo("idle-socketio.js");
        }
    }

    /// <summary>Memory right after all are open, and again when all has been quiet for a moment: neither side is asked to collect anything.</summary>
    public static async Task<Row> MeasureAsync(Subject subject, int count)
    {
        var data = Directory.CreateTempSubdirectory("mainstay-bench-").FullName;
        Progress.Say($"{subject.Name}: {count:N0} idle sockets");
        var (service, port) = await subject.StartAsync(data);
        await using var running = service;
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None);
        var before = ProcFs.ResidentBytes(service.Pid);
        await using var clients = Child.Start("node", [Subject.Script("idle-clients.js"), subject.Kind, $"{port}", $"{count}"], data, [("TOKEN", subject.Token)]);
        await Eventually.TrueAsync("all sockets are open", () => clients.Out.Contains("open", StringComparison.Ordinal), TimeSpan.FromMinutes(4));
        var opened = ProcFs.ResidentBytes(service.Pid);
        await Task.Delay(s_settle, TimeProvider.System, CancellationToken.None);
        var (settled, cpu) = (ProcFs.ResidentBytes(service.Pid), ProcFs.CpuSeconds([service.Pid]));
        await Task.Delay(s_watched, TimeProvider.System, CancellationToken.None);
        cpu = ProcFs.CpuSeconds([service.Pid]) - cpu;
        return new(
            ("service", subject.Name),
            ("sockets", count),
            ("RSS MB before", before / 1e6),
            ("KB per socket, at once", (opened - before) / 1024.0 / count),
            ("KB per socket, after 12 s", (settled - before) / 1024.0 / count),
            ("CPU %", cpu / s_watched.TotalSeconds * 100));
    }
}
