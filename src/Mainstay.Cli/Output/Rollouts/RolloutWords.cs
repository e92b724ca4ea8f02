using Mainstay.Contracts.Rollouts;
using Mainstay.Spec.Model;

namespace Mainstay.Cli.Output.Rollouts;

/// <summary>How rollouts and releases are named for people. States are the words of the wire, so that a script and a reader look for the same.</summary>
internal static class RolloutWords
{
    public static string Of(RolloutKind kind) => kind switch
    {
        RolloutKind.Deploy => "deploy",
        RolloutKind.Rollback => "rollback",
    };

    public static string Of(RolloutPhase phase) => phase switch
    {
        RolloutPhase.Preparing => "preparing",
        RolloutPhase.Rolling => "rolling",
        RolloutPhase.Baking => "baking",
        RolloutPhase.Undoing => "undoing",
        RolloutPhase.Succeeded => "succeeded",
        RolloutPhase.Failed => "failed",
        RolloutPhase.RolledBack => "rolled_back",
        RolloutPhase.Broken => "broken",
    };

    public static string Of(StepKind kind) => kind switch
    {
        StepKind.Preflight => "preflight",
        StepKind.Fetch => "fetch",
        StepKind.Build => "build",
        StepKind.Artifacts => "artifacts",
        StepKind.Backup => "backup",
        StepKind.Migrate => "migrate",
        StepKind.Frame => "frame",
        StepKind.Roll => "roll",
        StepKind.Apply => "apply",
        StepKind.Prove => "prove",
        StepKind.Bake => "bake",
        StepKind.Undo => "undo",
    };

    public static string Of(StepState state) => state switch
    {
        StepState.Pending => "pending",
        StepState.Going => "going",
        StepState.Done => "done",
        StepState.Failed => "failed",
        StepState.Skipped => "skipped",
    };

    public static string Of(ReleaseState state) => state switch
    {
        ReleaseState.Unfinished => "unfinished",
        ReleaseState.Built => "built",
        ReleaseState.Serving => "serving",
        ReleaseState.Proven => "proven",
        ReleaseState.Bad => "bad",
        ReleaseState.Missing => "missing",
    };

    /// <summary>As the manifest writes it.</summary>
    public static string Of(DeployStrategy strategy) => strategy switch
    {
        DeployStrategy.Rolling => "rolling",
        DeployStrategy.BlueGreen => "blue_green",
        DeployStrategy.Canary => "canary",
    };

    public static Cell State(RolloutPhase phase, Palette palette) => new(Of(phase), phase switch
    {
        RolloutPhase.Succeeded => palette.Good,
        RolloutPhase.Preparing or RolloutPhase.Rolling or RolloutPhase.Baking or RolloutPhase.Undoing or RolloutPhase.RolledBack => palette.Warn,
        RolloutPhase.Failed or RolloutPhase.Broken => palette.Bad,
    });

    public static Cell State(StepState state, Palette palette) => new(Of(state), state switch
    {
        StepState.Done => palette.Good,
        StepState.Going => palette.Warn,
        StepState.Failed => palette.Bad,
        StepState.Pending or StepState.Skipped => palette.Dim,
    });

    public static Cell State(ReleaseState state, Palette palette) => new(Of(state), state switch
    {
        ReleaseState.Serving or ReleaseState.Proven => palette.Good,
        ReleaseState.Built => palette.Warn,
        ReleaseState.Bad or ReleaseState.Missing => palette.Bad,
        ReleaseState.Unfinished => palette.Dim,
    });

    /// <summary><c>20260130-… -> 20260131-…</c>; before the fetch, what will be fetched stands for the release.</summary>
    public static string Way(RolloutService service) =>
        Harmless.Text($"{service.From ?? "nothing"} -> {service.To ?? (service.Source is { } source ? $"a release of {source.ToId}" : "a new release")}", colours: false);

    /// <summary>One sentence for whoever must know, after a failure, what users get meanwhile.</summary>
    public static string ServesNow(RolloutRecord rollout) => rollout.Phase switch
    {
        RolloutPhase.Succeeded => $"serves now: {Each(rollout, s => s.To)}",
        RolloutPhase.Failed => $"serves as before, untouched: {Each(rollout, s => s.From)}",
        RolloutPhase.RolledBack when rollout.Services.All(s => s.From is null) && !rollout.Services.IsEmpty => "nothing serves, as before",
        RolloutPhase.RolledBack => $"serves again, proven: {Each(rollout, s => s.From)}",
        RolloutPhase.Broken => $"wanted again, but not proven to serve: {Each(rollout, s => s.From)}; mainstay status shows how far it is",
        RolloutPhase.Preparing or RolloutPhase.Rolling or RolloutPhase.Baking or RolloutPhase.Undoing => $"rollout {rollout.Number} is still {Of(rollout.Phase)}",
    };

    private static string Each(RolloutRecord rollout, Func<RolloutService, string?> release) => rollout.Services.IsEmpty
        ? "every service, none of which was to change"
        : Harmless.Text(string.Join(", ", rollout.Services.Select(s => $"{s.Name} {release(s) ?? "(nothing, as before)"}")), colours: false);
}
