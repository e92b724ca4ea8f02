using System.Collections.Immutable;
using System.Text.Json;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;

namespace Mainstay.Cli.Connection;

/// <summary>
/// Reads a status by hand: the serializer's generic code for these records is compiled anew in each process, which takes longer than
/// everything else that <c>status</c> does. A test holds this reader to the serializer. What an older daemon does not send has its empty value.
/// </summary>
internal static class StatusReader
{
    /// <summary>Throws <see cref="JsonException"/> when it is not a status.</summary>
    public static StatusDocument Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind is not JsonValueKind.Object)
        {
            throw new JsonException("a status is an object");
        }

        try
        {
            return new(
                Text(root, "stack"),
                Daemon(root.GetProperty("daemon")),
                Edge(root.GetProperty("edge")),
                Each(root, "services", Service),
                Each(root, "external", External),
                Each(root, "notices", e => e.GetString() ?? ""),
                Each(root, "switches", Switch));
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException($"the status has another form: {e.Message}", e);
        }
    }

    private static SwitchStatus Switch(JsonElement e) => new(
        Text(e, "name") ?? "",
        e.GetProperty("on").GetBoolean(),
        e.GetProperty("default").GetBoolean(),
        Text(e, "description") ?? "",
        Text(e, "reason"),
        Text(e, "by"),
        Moment(e, "since"),
        Moment(e, "until"));

    private static DateTimeOffset? Moment(JsonElement e, string name) => e.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetDateTimeOffset() : null;

    private static DaemonStatus Daemon(JsonElement e) =>
        new(Number(e, "pid") ?? 0, Real(e, "uptime_s") ?? 0, Text(e, "version") ?? "", Text(e, "home") ?? "");

    private static EdgeStatus Edge(JsonElement e) =>
        new(Number(e, "pid"), Text(e, "state") ?? "", Each(e, "listen", l => l.GetString() ?? ""), Text(e, "because") ?? "");

    private static ServiceStatus Service(JsonElement e) => new(
        ServiceName.From(Text(e, "name") ?? ""),
        Phase(Text(e, "state")),
        HealthOf(Text(e, "health")),
        Text(e, "release") ?? "",
        Text(e, "because") ?? "",
        Each(e, "instances", Instance));

    private static InstanceStatus Instance(JsonElement e) => new(
        Text(e, "id") ?? "",
        Number(e, "pid"),
        Number(e, "port"),
        Phase(Text(e, "state")),
        HealthOf(Text(e, "health")),
        Number(e, "restarts") ?? 0,
        Real(e, "uptime_s") ?? 0,
        Find(e, "memory_bytes")?.GetInt64() ?? 0,
        Real(e, "cpu_percent") ?? 0,
        Text(e, "release") ?? "",
        Text(e, "because") ?? "",
        Text(e, "status_text"),
        Real(e, "next_try_s"));

    private static ExternalStatus External(JsonElement e) =>
        new(ServiceName.From(Text(e, "name") ?? ""), HealthOf(Text(e, "health")), Text(e, "because") ?? "");

    private static InstancePhase Phase(string? word) => word switch
    {
        "waiting" => InstancePhase.Waiting,
        "starting" => InstancePhase.Starting,
        "running" => InstancePhase.Running,
        "draining" => InstancePhase.Draining,
        "stopping" => InstancePhase.Stopping,
        "stopped" => InstancePhase.Stopped,
        "backoff" => InstancePhase.Backoff,
        "parked" => InstancePhase.Parked,
        _ => throw new JsonException($"there is no state \"{word}\""),
    };

    private static Health HealthOf(string? word) => word switch
    {
        "unknown" => Health.Unknown,
        "healthy" => Health.Healthy,
        "degraded" => Health.Degraded,
        "unhealthy" => Health.Unhealthy,
        _ => throw new JsonException($"there is no health \"{word}\""),
    };

    private static ImmutableArray<T> Each<T>(JsonElement of, string key, Func<JsonElement, T> read)
        where T : class
    {
        if (Find(of, key) is not { } array)
        {
            return [];
        }

        var all = ImmutableArray.CreateBuilder<T>(array.GetArrayLength());
        foreach (var element in array.EnumerateArray())
        {
            all.Add(read(element));
        }

        return all.MoveToImmutable();
    }

    private static JsonElement? Find(JsonElement of, string key) => of.TryGetProperty(key, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement of, string key) => Find(of, key)?.GetString();

    private static int? Number(JsonElement of, string key) => Find(of, key)?.GetInt32();

    private static double? Real(JsonElement of, string key) => Find(of, key)?.GetDouble();
}
