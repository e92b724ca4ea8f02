using System.Text.Json;
using Mainstay.Bench.Report;
using Mainstay.Harness;
using Mainstay.Harness.Processes;

namespace Mainstay.Bench.Realtime;

/// <summary>One event, many sockets: how long it takes to all of them, what it costs, and what those who read notice of one who does not.</summary>
internal static class FanOut
{
    public static IEnumerable<Func<Subject>> Subjects(BenchOptions options)
    {
        if (options.WantsMainstay())
        {
            yield return Subject.Hub;
        }

        if (options.Wants("socket.io"))
        {
            yield return () => Subject.SocketIo("room-socketio.js");
        }
    }

    public static async Task<Row> MeasureAsync(Subject subject, Room room)
    {
        var data = Directory.CreateTempSubdirectory("mainstay-bench-").FullName;
        Progress.Say($"{subject.Name}: {room}");
        var (service, port) = await subject.StartAsync(data);
        await using var running = service;
        await using var client = Child.Start(
            "node",
            [Subject.Script("room-load.js"), subject.Kind, .. ((int[])[port, room.Watchers, room.PerSecond, room.Seconds, room.Bytes, room.Stopped]).Select(n => $"{n}")],
            data,
            [("TOKEN", subject.Token)]);
        await Eventually.TrueAsync("all are in the room", () => client.Out.Contains("ready", StringComparison.Ordinal), TimeSpan.FromMinutes(2));
        var (cpu, before) = (ProcFs.CpuSeconds([service.Pid]), ProcFs.ResidentBytes(service.Pid));
        var most = before;
        var exit = client.ExitAsync(TimeSpan.FromSeconds(room.Seconds + 60));
        while (!exit.IsCompleted)
        {
            most = Math.Max(most, ProcFs.ResidentBytes(service.Pid));
            await Task.WhenAny(exit, Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None));
        }

        cpu = ProcFs.CpuSeconds([service.Pid]) - cpu;
        using var seen = JsonDocument.Parse((await exit).MustExit(0).Out.Split('\n')[1]);
        var found = seen.RootElement;
        var delivered = found.GetProperty("delivered").GetInt64();
        return new(
            ("service", subject.Name),
            ("watchers", room.Watchers),
            ("that stopped", room.Stopped),
            ("events/s", room.PerSecond),
            ("bytes", room.Bytes),
            ("deliveries/s", found.GetProperty("per_second").GetDouble()),
            ("missing", found.GetProperty("missing").GetInt64()),
            ("p50 ms", Number(found, "p50")),
            ("p99 ms", Number(found, "p99")),
            ("CPU s per 100,000", cpu / delivered * 100_000),
            ("most RSS MB more", (most - before) / 1e6),
            ("closed with", found.GetProperty("closed").GetString() is { Length: > 0 } codes ? codes : null));
    }

    private static double? Number(JsonElement found, string name) => found.GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;
}

/// <summary>A room under load.</summary>
/// <param name="PerSecond">Events of the one publisher.</param>
/// <param name="Bytes">Of an event.</param>
/// <param name="Stopped">Watchers more that do not read.</param>
internal sealed record Room(int Watchers, int PerSecond, int Seconds, int Bytes, int Stopped)
{
    public override string ToString() => $"{Watchers} watchers, {PerSecond} events of {Bytes} bytes a second, {Stopped} more that do not read, {Seconds} s";
}
