using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Execution;

namespace Mainstay.Simulation.Tests.World;

/// <summary>What befalls a step that is simulated.</summary>
internal enum Trouble
{
    None,
    Fails,
    Hangs,
}

/// <summary>Fetching, building, backups, migrations: they take their time, and may fail or hang.</summary>
internal sealed class SimWork(SimRollouts rollouts, Life life, StepKind kind) : IStepRunner
{
    /// <summary>Every command of a rollout has a time limit.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(15);

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken token)
    {
        var trouble = rollouts.TroubleIn(kind);
        rollouts.Invariants.Began(kind, context);
        await Task.Delay(life.World.Vary(TimeSpan.FromSeconds(1)), life.Time, token);
        life.Pass($"halfway through {kind}");
        await Task.Delay(trouble is Trouble.Hangs ? TimeLimit : life.World.Vary(TimeSpan.FromSeconds(1)), life.Time, token);
        return trouble is Trouble.None ? StepOutcome.Done($"{kind} went well") : StepOutcome.Failed(trouble is Trouble.Hangs ? $"{kind} was not done in time" : $"{kind} went badly");
    }
}

/// <summary>A step with places in it where the daemon may die: on either side, and after a while.</summary>
internal sealed class MortalStep(IStepRunner step, Life life, StepKind kind) : IStepRunner
{
    private static readonly TimeSpan[] Whiles = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(2)];

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken token)
    {
        life.Pass($"{kind} begins");
        var ended = false;
        foreach (var passed in Whiles)
        {
            life.World.Events.At(passed, () =>
            {
                if (!ended && life.IsAlive)
                {
                    life.Within(() => life.Pass(FormattableString.Invariant($"{passed.TotalMilliseconds} ms into {kind}")));
                }
            });
        }

        try
        {
            return await step.RunAsync(context, token);
        }
        finally
        {
            ended = true;
            life.Pass($"{kind} ends");
        }
    }
}
