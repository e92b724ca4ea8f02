using System.Collections.Immutable;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Planning;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Tests.Planning;

/// <summary>Rollouts to play with: two services, the second one depends on the first.</summary>
internal static class Rollouts
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero);

    public static ServiceName Store { get; } = new("store");

    public static ServiceName Api { get; } = new("api");

    public static RolloutRecord Planned() => new(
        7,
        RolloutKind.Deploy,
        "shop",
        "ana@build",
        Now,
        null,
        Now.AddMinutes(10),
        [Part(Store, 0), Part(Api, 1)],
        [
            Step(StepKind.Preflight, StepState.Done, Store, Api),
            Step(StepKind.Fetch, StepState.Pending, Store),
            Step(StepKind.Fetch, StepState.Pending, Api),
            Step(StepKind.Build, StepState.Pending, Store),
            Step(StepKind.Build, StepState.Pending, Api),
            Step(StepKind.Backup, StepState.Pending, Store),
            Step(StepKind.Migrate, StepState.Pending, Store),
            Step(StepKind.Roll, StepState.Pending, Store),
            Step(StepKind.Roll, StepState.Pending, Api),
            Step(StepKind.Apply, StepState.Pending),
            Step(StepKind.Prove, StepState.Pending, Store, Api),
            Step(StepKind.Bake, StepState.Pending, Store, Api),
        ],
        RolloutPhase.Preparing,
        RolloutWish.Go,
        "planned",
        null,
        null,
        null,
        []);

    /// <summary>Everything before the first step of a kind is done, and that one goes.</summary>
    public static RolloutRecord At(StepKind kind)
    {
        var rollout = RolloutMachine.Next(Planned(), new(RolloutEventKind.Woke, "woke"), Now).Next;
        while (rollout.Current is { } current && current.Kind != kind)
        {
            rollout = Done(rollout).Next;
        }

        return rollout;
    }

    public static int Going(RolloutRecord rollout) => rollout.Steps.ToList().FindIndex(s => s.State is StepState.Going);

    public static RolloutTransition Done(RolloutRecord rollout) =>
        RolloutMachine.Next(rollout, new(RolloutEventKind.StepDone, "went well", Going(rollout)), Now.AddSeconds(1));

    public static RolloutTransition Fails(RolloutRecord rollout, string because = "went badly") =>
        RolloutMachine.Next(rollout, new(RolloutEventKind.StepFailed, because, Going(rollout)), Now.AddSeconds(1));

    public static RolloutTransition Hears(RolloutRecord rollout, RolloutEventKind kind, string because = "somebody asked") =>
        RolloutMachine.Next(rollout, new(kind, because), Now.AddSeconds(1));

    private static RolloutService Part(ServiceName name, int layer) =>
        new(name, layer, "r1", "r2", DeployStrategy.Rolling, KeepsServing: true, "it has a port of its own", null, [], []);

    private static RolloutStep Step(StepKind kind, StepState state, params ServiceName[] services) =>
        new(kind, [.. services], state, null, null, $"{kind} {string.Join(' ', services)}".TrimEnd(), [], null);
}
