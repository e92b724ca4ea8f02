using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Mainstay.Spec.Model;

/// <summary>One service as the user described it, every default filled in, every path absolute, every value expanded.</summary>
/// <param name="Directory">With a source, relative to the release's root until a release is chosen.</param>
public sealed record ServiceSpec(
    ServiceName Name,
    CommandSpec Command,
    string Directory,
    int Instances,
    PortSpec Port,
    ImmutableSortedDictionary<string, string> Environment,
    ImmutableArray<EnvFileSpec> EnvFiles,
    EnvSchemaSpec? EnvSchema,
    ImmutableArray<DependencySpec> DependsOn,
    HealthcheckSpec? Healthcheck,
    RestartSpec Restart,
    ResourcesSpec Resources,
    StopSpec Stop,
    string? User,
    LogsSpec Logs,
    RolloutSpec Rollout,
    SourceSpan Span)
{
    /// <summary>A process of the user's, or a service that ships with Mainstay: then its program is Mainstay's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ServiceKind Kind { get; init; }

    /// <summary>What the journal kept before there were rollouts has none.</summary>
    public RolloutSpec Rollout { get; init; } = Rollout ?? RolloutSpec.None;
}

/// <summary>What to execute. With <paramref name="Shell"/>, <paramref name="Argv"/> holds one string for <c>/bin/sh -c</c>.</summary>
public sealed record CommandSpec(ImmutableArray<string> Argv, bool Shell, SourceSpan Span);

public enum PortKind
{
    /// <summary>The service listens on nothing that Mainstay knows of.</summary>
    None,

    /// <summary>Mainstay picks a free loopback port for each process and passes it as PORT.</summary>
    Auto,

    /// <summary>The service always listens on this port; one process at a time.</summary>
    Fixed,

    /// <summary>Mainstay listens and passes the socket (LISTEN_FDS), so that it never closes.</summary>
    Inherit,
}

/// <summary>How the service is reached. <paramref name="Number"/> is set for <see cref="PortKind.Fixed"/> only.</summary>
public readonly record struct PortSpec(PortKind Kind, int Number = 0);

/// <summary>A file of NAME=value lines, read when the manifest is applied. Absolute path.</summary>
public sealed record EnvFileSpec(string Path, SourceSpan Span);

public enum DependencyCondition
{
    Started,
    Healthy,
    Completed,
}

/// <summary>The service starts only once <paramref name="On"/> (a service or an external) meets the condition.</summary>
public sealed record DependencySpec(ServiceName On, DependencyCondition Condition, SourceSpan Span);

public sealed record RestartSpec(
    RestartKind Policy,
    int MaxRestarts,
    TimeSpan Window,
    TimeSpan BackoffInitial,
    TimeSpan BackoffMax,
    ImmutableArray<int> StopExitCodes,
    TimeSpan? RetryEvery)
{
    public static RestartSpec Default { get; } = new(RestartKind.Always, 10, TimeSpan.FromMinutes(10), TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30), [], null);
}

public enum RestartKind
{
    Always,
    OnFailure,
    Never,
}

/// <summary>Bytes of memory over the whole process tree, CPUs as a share of cores, files as RLIMIT_NOFILE. Null means no limit of ours.</summary>
public sealed record ResourcesSpec(long? Memory, long? MemoryWarn, double? Cpus, int? OpenFiles)
{
    public static ResourcesSpec None { get; } = new(null, null, null, null);
}

/// <summary>How to stop: <paramref name="Signal"/> (a name such as SIGTERM) to the main process, then after <paramref name="Grace"/> SIGKILL to the tree.</summary>
public sealed record StopSpec(string Signal, TimeSpan Grace)
{
    public static StopSpec Default { get; } = new("SIGTERM", TimeSpan.FromSeconds(30));
}

/// <summary>Rotation by size, in bytes; <paramref name="MaxFiles"/> counts the live file too.</summary>
public sealed record LogsSpec(long MaxSize, int MaxFiles)
{
    public static LogsSpec Default { get; } = new(50_000_000, 10);
}
