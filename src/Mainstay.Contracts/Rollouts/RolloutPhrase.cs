namespace Mainstay.Contracts.Rollouts;

/// <summary>How far a rollout is, as people read it, in a sentence that begins "rollout 7".</summary>
public static class RolloutPhrase
{
    public static string Of(RolloutRecord rollout) => rollout.Phase switch
    {
        RolloutPhase.Preparing => "prepares",
        RolloutPhase.Rolling => "rolls",
        RolloutPhase.Baking => "bakes",
        RolloutPhase.Undoing => "goes back",
        RolloutPhase.Succeeded => "succeeded",
        RolloutPhase.Failed when Migration(rollout) is { } migration => $"failed; what serves was not touched, but {migration}",
        RolloutPhase.Failed => "failed and changed nothing",
        RolloutPhase.RolledBack when Migration(rollout) is { } migration => $"was rolled back, but {migration}",
        RolloutPhase.RolledBack => "was rolled back",
        RolloutPhase.Broken => "is broken: what served before is wanted again but not proven to serve",
    };

    /// <summary>What a rollout that did not succeed has left in a database; null when it ran no migration.</summary>
    public static string? Migration(RolloutRecord rollout) => rollout.Steps.LastOrDefault(s => s.Kind is StepKind.Migrate && s.State is StepState.Done or StepState.Failed) switch
    {
        null => null,
        { State: StepState.Done } done => $"the migration of {string.Join(", ", done.Services)} has run and stays",
        var failed => $"the migration of {string.Join(", ", failed.Services)} failed, and may have changed data before it did",
    };
}
