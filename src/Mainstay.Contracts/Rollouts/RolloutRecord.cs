using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;

namespace Mainstay.Contracts.Rollouts;

/// <summary>Everything that is known of one rollout: what the journal keeps, <c>GET /v1/rollouts</c> answers and a report is made from. Holds no value of any variable.</summary>
/// <param name="Number">Grows by one with each rollout of a home.</param>
/// <param name="By">Who asked, e.g. <c>deploy@build-7</c>.</param>
/// <param name="Services">In the order in which they are rolled.</param>
/// <param name="Steps">In order; what an undoing adds stands at the end.</param>
/// <param name="Deadline">When the new release must serve everywhere.</param>
/// <param name="Cause">Why it did not succeed, explained; null while it goes and when it did.</param>
/// <param name="Failure">Why it is being undone or did not succeed, one sentence; kept while <paramref name="Because"/> goes on with the steps.</param>
/// <param name="UndoneFrom">Index of the first step of the way back; null when there is none.</param>
/// <param name="PausedAt">Since when it pauses; null while it does not. The deadline moves by as long as it did.</param>
/// <param name="Restore">Commands that would bring the backup back; offered, never run.</param>
/// <param name="Counted">What the edge had counted for the services, ever, when the last step ended: the figures of the next step begin there, whichever daemon ends it.</param>
public sealed record RolloutRecord(
    long Number,
    RolloutKind Kind,
    string Stack,
    string By,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset Deadline,
    ImmutableArray<RolloutService> Services,
    ImmutableArray<RolloutStep> Steps,
    RolloutPhase Phase,
    RolloutWish Wish,
    string Because,
    FailureReport? Cause,
    string? Failure,
    int? UndoneFrom,
    ImmutableArray<string> Restore,
    DateTimeOffset? PausedAt = null,
    TrafficFigures? Counted = null)
{
    /// <summary>What else changes with the manifest, each one sentence: services that go, counts, routes.</summary>
    public ImmutableArray<string> StackChanges { get; init; } = [];

    [JsonIgnore]
    public bool HasEnded => Phase is RolloutPhase.Succeeded or RolloutPhase.Failed or RolloutPhase.RolledBack or RolloutPhase.Broken;

    /// <summary>The step under way, or the next one; null when there is none left.</summary>
    [JsonIgnore]
    public RolloutStep? Current => Steps.FirstOrDefault(s => s.State is StepState.Going or StepState.Pending);
}

[JsonConverter(typeof(LowerCaseEnumConverter<RolloutKind>))]
public enum RolloutKind
{
    Deploy,
    Rollback,
}

[JsonConverter(typeof(LowerCaseEnumConverter<RolloutPhase>))]
public enum RolloutPhase
{
    /// <summary>Nothing that serves has been touched.</summary>
    Preparing,

    /// <summary>Instances are being replaced.</summary>
    Rolling,

    /// <summary>The new release serves everywhere and is watched.</summary>
    Baking,

    /// <summary>The release from before is coming back.</summary>
    Undoing,

    /// <summary>The new release is proven to serve everywhere.</summary>
    Succeeded,

    /// <summary>It ended before anything that serves was touched.</summary>
    Failed,

    /// <summary>The release from before is proven to serve everywhere.</summary>
    RolledBack,

    /// <summary>The release from before is wanted everywhere but could not be proven; Mainstay goes on starting it.</summary>
    Broken,
}

[JsonConverter(typeof(LowerCaseEnumConverter<RolloutWish>))]
public enum RolloutWish
{
    Go,

    /// <summary>Finish the step under way, then wait. A bake goes on being watched but does not end.</summary>
    Pause,

    Abort,
}

/// <summary>One service's part in a rollout.</summary>
/// <param name="Layer">From 0; a layer is begun when the one before serves.</param>
/// <param name="From">Id of the release that served before; null when none did.</param>
/// <param name="To">Id of the release to come; null until it is fetched.</param>
/// <param name="StrategyBecause">Why the service gets this strategy, one sentence.</param>
/// <param name="Source">What changed between the two; null without a source.</param>
public sealed record RolloutService(
    ServiceName Name,
    int Layer,
    string? From,
    string? To,
    [property: JsonConverter(typeof(LowerCaseEnumConverter<DeployStrategy>))] DeployStrategy Strategy,
    bool KeepsServing,
    string StrategyBecause,
    SourceChange? Source,
    ImmutableArray<InstanceSight> Before,
    ImmutableArray<InstanceSight> After);

/// <param name="FromId">Of the source before, e.g. a commit or <c>sha256:…</c>.</param>
/// <param name="Commits">Newest first, at most 100.</param>
/// <param name="Files">Each with its git status letter, e.g. <c>M server.js</c>; at most 500.</param>
/// <param name="Dependencies">Each one change, e.g. <c>express 4.18.2 → 4.19.0</c>.</param>
/// <param name="Overrides">What the user let pass, e.g. uncommitted files.</param>
public sealed record SourceChange(
    string? FromId,
    string ToId,
    ImmutableArray<CommitLine> Commits,
    ImmutableArray<string> Files,
    int FilesLeftOut,
    ImmutableArray<string> Dependencies,
    ImmutableArray<string> Environment,
    ImmutableArray<string> Overrides);

public sealed record CommitLine(string Id, string Author, DateTimeOffset At, string Subject);

/// <summary>One serving process, as seen.</summary>
/// <param name="Endpoint">The name by which the edge counts its requests; null without a process.</param>
public sealed record InstanceSight(string Id, int? Pid, string Release, string? Endpoint);

[JsonConverter(typeof(LowerCaseEnumConverter<StepKind>))]
public enum StepKind
{
    Preflight,
    Fetch,
    Build,
    Artifacts,
    Backup,
    Migrate,

    /// <summary>The stack's name and its edge are there before its first services.</summary>
    Frame,

    /// <summary>Replace a service's instances: start beside, prove, verify, promote; batch by batch.</summary>
    Roll,

    /// <summary>Routes, counts, and what the manifest no longer has.</summary>
    Apply,

    /// <summary>Every process of the services runs the expected release, as the kernel tells.</summary>
    Prove,

    Bake,

    /// <summary>Bring a service back to the release from before.</summary>
    Undo,
}

[JsonConverter(typeof(LowerCaseEnumConverter<StepState>))]
public enum StepState
{
    Pending,
    Going,
    Done,
    Failed,

    /// <summary>Not needed, or no longer.</summary>
    Skipped,
}

/// <param name="Services">Those it is about; several share a migration, and the bake is about all.</param>
/// <param name="Because">One sentence: what it is for, then what came of it.</param>
/// <param name="Evidence">What was seen: proofs, answers, output of commands, redacted.</param>
/// <param name="Traffic">What the edge counted for the rollout's services while the step went.</param>
public sealed record RolloutStep(
    StepKind Kind,
    ImmutableArray<ServiceName> Services,
    StepState State,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    string Because,
    ImmutableArray<EvidenceBlock> Evidence,
    TrafficFigures? Traffic);

/// <param name="Requests">Answered, by the service or by the edge.</param>
/// <param name="Failed">Of those, the ones that ended with 5xx or without an answer.</param>
/// <param name="DowntimeS">Seconds in which no instance was ready and requests were not held.</param>
/// <param name="LongestHoldS">The longest that a request was held, in seconds.</param>
public sealed record TrafficFigures(long Requests, long Failed, double DowntimeS, double LongestHoldS);
