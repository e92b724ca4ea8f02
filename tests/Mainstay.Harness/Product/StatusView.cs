using System.Text.Json;
using Mainstay.Harness.Processes;

namespace Mainstay.Harness.Product;

/// <summary>What a script reads from <c>status --json</c>: the documented fields, under their documented names, and nothing else.</summary>
public sealed record StatusView(
    string? Stack, DaemonView Daemon, EdgeView Edge, IReadOnlyList<ServiceView> Services, IReadOnlyList<ExternalView> External, IReadOnlyList<string>? Notices)
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public ServiceView this[string name] => Services.FirstOrDefault(s => s.Name == name)
        ?? throw new HarnessException($"status shows no service {name}, only {string.Join(", ", Services.Select(s => s.Name))}");

    /// <summary>Every process that the status names, whoever's it is.</summary>
    public IEnumerable<int> Pids => [Daemon.Pid, .. Edge.Pid is { } edge ? [edge] : (int[])[], .. ServicePids];

    public IEnumerable<int> ServicePids => Services.SelectMany(s => s.Pids);

    public static StatusView Parse(string json) => JsonSerializer.Deserialize<StatusView>(json, Names) ?? throw new HarnessException("status is null");

    public bool Has(string service) => Services.Any(s => s.Name == service);

    public override string ToString() => string.Join("; ", Services.Select(s => s.ToString()));
}

public sealed record DaemonView(int Pid, double UptimeS, string Version);

public sealed record EdgeView(int? Pid, string State, IReadOnlyList<string> Listen);

public sealed record ExternalView(string Name, string Health);

public sealed record ServiceView(string Name, string State, string Health, string Because, IReadOnlyList<InstanceView> Instances, string? Release = null)
{
    public IEnumerable<int> Pids => Instances.Select(i => i.Pid).OfType<int>();

    /// <summary>The instance, of a service that has exactly one.</summary>
    public InstanceView Only => Instances.Count == 1 ? Instances[0] : throw new HarnessException($"{Name} has {Instances.Count} instances");

    public int Restarts => Instances.Sum(i => i.Restarts);

    public override string ToString() => $"{Name} {State}/{Health} [{string.Join(", ", Instances)}] {Because}";
}

public sealed record InstanceView(
    string Id, int? Pid, int? Port, string State, string Health, int Restarts, double UptimeS, long MemoryBytes, double CpuPercent, string Because, string? StatusText)
{
    /// <summary>The instance's process; fails when it has none.</summary>
    public ProcessMark Process => Pid is { } pid && ProcessMark.Of(pid) is { } mark ? mark : throw new HarnessException($"{Id} has no living process: {this}");

    public override string ToString() => $"{Id} pid {Pid} port {Port} {State}/{Health} restarts {Restarts}: {Because}";
}
