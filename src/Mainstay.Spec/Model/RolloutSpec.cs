using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Mainstay.Spec.Model;

/// <summary>
/// How a service comes to new code: the manifest's <c>source</c>, <c>build</c>, <c>artifacts</c>, <c>migrate</c>, <c>backup</c> and <c>deploy</c>.
/// With a source, <see cref="ServiceSpec.Directory"/> is relative to the release's root until a release is chosen.
/// </summary>
/// <param name="Source">Null: the service runs from its directory as it is, and a rollout only replaces its processes.</param>
/// <param name="Build">Commands without a shell, one after another, in the release's directory.</param>
/// <param name="BuildTimeout">For all commands of the build together.</param>
/// <param name="Artifacts">Paths relative to the release's root; each must exist and not be empty after the build.</param>
/// <param name="Migrate">Runs once for each rollout, in the new release, before any traffic.</param>
public sealed record RolloutSpec(
    SourceSpec? Source,
    ImmutableArray<CommandSpec> Build,
    TimeSpan BuildTimeout,
    ImmutableArray<ArtifactSpec> Artifacts,
    MigrateSpec? Migrate,
    BackupSpec? Backup,
    DeploySpec Deploy)
{
    public static RolloutSpec None { get; } = new(null, [], TimeSpan.FromMinutes(15), [], null, null, DeploySpec.Default);
}

/// <summary>Where a release's files come from.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(GitSourceSpec), "git")]
[JsonDerivedType(typeof(DirectorySourceSpec), "directory")]
[JsonDerivedType(typeof(ArchiveSourceSpec), "archive")]
public abstract record SourceSpec(SourceSpan Span);

/// <param name="Repository">A URL, or the absolute path of a repository on this host.</param>
/// <param name="Ref">A branch, a tag or a commit.</param>
public sealed record GitSourceSpec(string Repository, string Ref, SourceSpan Span) : SourceSpec(Span)
{
    /// <summary>A working tree on this host, in which somebody may have forgotten to commit.</summary>
    [JsonIgnore]
    public bool IsLocal => Path.IsPathRooted(Repository);
}

/// <param name="Directory">Absolute.</param>
public sealed record DirectorySourceSpec(string Directory, SourceSpan Span) : SourceSpec(Span);

/// <param name="File">Absolute path of a .tar, .tar.gz, .tgz or .zip.</param>
/// <param name="Sha256">64 hexadecimal digits, lower case.</param>
public sealed record ArchiveSourceSpec(string File, string Sha256, SourceSpan Span) : SourceSpec(Span);

/// <param name="Path">Relative to the release's root.</param>
public sealed record ArtifactSpec(string Path, SourceSpan Span);

public sealed record MigrateSpec(CommandSpec Command, TimeSpan Timeout);

/// <summary>What is kept before a rollout changes anything.</summary>
/// <param name="Paths">Absolute, beside the manifest also with a source; files and directories that are copied.</param>
/// <param name="Command">Writes into the directory that it finds in <c>MAINSTAY_BACKUP</c>; the shell's when it was written as one string.</param>
/// <param name="Restore">Reads from that directory; run against a copy to test a backup, and offered (never run by itself) after a rollback.</param>
/// <param name="Keep">So many backups of the service, newest first.</param>
public sealed record BackupSpec(ImmutableArray<string> Paths, CommandSpec? Command, CommandSpec? Restore, int Keep, TimeSpan Timeout);

public enum DeployStrategy
{
    /// <summary>One instance after another; each takes traffic when it is ready, proven and verified.</summary>
    Rolling,

    /// <summary>All new instances beside all old ones; traffic changes over in one step.</summary>
    BlueGreen,

    /// <summary>Some new instances get a share of the traffic for a while and are compared with the old ones; then the rest follows.</summary>
    Canary,
}

/// <param name="MaxUnavailable">How many instances may be away at once. 0: a new one starts before an old one stops.</param>
/// <param name="Canary">Set exactly when the strategy is <see cref="DeployStrategy.Canary"/>.</param>
/// <param name="Verify">Asked of each new instance before it gets traffic.</param>
/// <param name="Bake">How long the new release is watched after it serves everywhere.</param>
/// <param name="Deadline">From the beginning of the rollout to the beginning of its bake.</param>
/// <param name="KeepReleases">Releases on disk, the one that serves and the one to roll back to among them.</param>
public sealed record DeploySpec(
    DeployStrategy Strategy,
    int MaxUnavailable,
    CanarySpec? Canary,
    ImmutableArray<VerifySpec> Verify,
    TimeSpan Bake,
    RollbackOnSpec RollbackOn,
    TimeSpan Deadline,
    int KeepReleases)
{
    public static DeploySpec Default { get; } = new(DeployStrategy.Rolling, 0, null, [], TimeSpan.FromSeconds(60), RollbackOnSpec.Default, TimeSpan.FromMinutes(10), 5);
}

/// <summary>Which requests the canary gets: those with the header or the cookie always, of all others a share that stays with its clients.</summary>
/// <param name="Percent">0 to 100.</param>
public sealed record CanarySpec(double Percent, NamedValue? Header, NamedValue? Cookie, TimeSpan For)
{
    public static CanarySpec Default { get; } = new(10, null, null, TimeSpan.FromMinutes(2));
}

public sealed record NamedValue(string Name, string Value);

/// <summary>One question to a new instance. Texts of the expectation and the command may name <c>$MAINSTAY_COMMIT</c> and <c>$MAINSTAY_RELEASE</c>.</summary>
/// <param name="Probe">An HTTP or a command probe.</param>
public sealed record VerifySpec(ProbeSpec Probe, TimeSpan Timeout, SourceSpan Span);

/// <summary>What undoes a rollout while it bakes or its canary is compared. Null: not watched.</summary>
/// <param name="ErrorRate">Share of requests that failed (5xx or no answer), 0 to 1; and more than the old release's.</param>
/// <param name="P99Factor">Times the old release's 99th percentile of response time.</param>
/// <param name="Restarts">Unplanned exits of new instances, together.</param>
/// <param name="MemoryLimit">An instance reached its memory limit.</param>
public sealed record RollbackOnSpec(double? ErrorRate, double? P99Factor, int? Restarts, bool MemoryLimit)
{
    public static RollbackOnSpec Default { get; } = new(null, null, 1, true);
}
