using System.Text.Json;
using Mainstay.Harness.Processes;

namespace Mainstay.Harness.Product;

/// <summary>What a script reads from <c>report --json</c>.</summary>
public sealed record RolloutView(
    long Number,
    string Kind,
    string By,
    string Phase,
    string Wish,
    string Because,
    string? Failure,
    IReadOnlyList<RolloutServiceView> Services,
    IReadOnlyList<RolloutStepView> Steps,
    IReadOnlyList<string> Restore)
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public bool HasEnded => Phase is "succeeded" or "failed" or "rolled_back" or "broken";

    public RolloutStepView this[string kind] => Steps.FirstOrDefault(s => s.Kind == kind)
        ?? throw new HarnessException($"the rollout has no step {kind}, only {string.Join(", ", Steps.Select(s => s.Kind))}");

    /// <summary>This step is under way.</summary>
    public bool IsAt(string kind) => Steps.Any(s => s.Kind == kind && s.State == "going");

    public static RolloutView Parse(string json) => JsonSerializer.Deserialize<RolloutView>(json, Names) ?? throw new HarnessException("the report is null");

    public RolloutView MustEndAs(string phase) => Phase == phase ? this : throw new HarnessException($"rollout {Number} ended as {Phase} instead of {phase}: {this}");

    public override string ToString() => $"{Number} {Phase}: {Because} [{string.Join(", ", Steps.Select(s => $"{s.Kind} {s.State}"))}]";
}

public sealed record RolloutServiceView(
    string Name, int Layer, string? From, string? To, string Strategy, SourceChangeView? Source, IReadOnlyList<SightView> Before, IReadOnlyList<SightView> After);

public sealed record SourceChangeView(
    string? FromId, string ToId, IReadOnlyList<CommitView> Commits, IReadOnlyList<string> Files, IReadOnlyList<string> Dependencies, IReadOnlyList<string> Environment, IReadOnlyList<string> Overrides);

public sealed record CommitView(string Id, string Author, string Subject);

public sealed record SightView(string Id, int? Pid, string Release);

public sealed record RolloutStepView(
    string Kind, IReadOnlyList<string> Services, string State, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string Because, IReadOnlyList<EvidenceView> Evidence, TrafficView? Traffic)
{
    public IEnumerable<string> Lines => Evidence.SelectMany(e => e.Lines);
}

public sealed record EvidenceView(string Title, IReadOnlyList<string> Lines);

public sealed record TrafficView(long Requests, long Failed, double DowntimeS, double LongestHoldS);
