using Mainstay.Contracts.Api;
using Mainstay.Rollout.Ports;

namespace Mainstay.Rollout.Execution.Steps;

/// <summary>The stack and its edge are there before its first services.</summary>
internal sealed class FrameStep(IStack stack) : IStepRunner
{
    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken token) =>
        StackOutcomes.Step(await stack.FrameAsync(context.Material.After, context.Progress, token));
}

/// <summary>Routes, counts, and what the manifest no longer has.</summary>
internal sealed class ApplyStep(IStack stack) : IStepRunner
{
    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken token) =>
        StackOutcomes.Step(await stack.ApplyAsync(context.Material.After, context.Material.AfterServices, context.Progress, token));
}

/// <summary>One service, or without one the whole stack, as it was before.</summary>
internal sealed class UndoStep(IInstances instances, IStack stack) : IStepRunner
{
    private const int Tries = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken token)
    {
        if (context.Step.Services.IsEmpty)
        {
            return await RestoreAsync(context, token);
        }

        var from = context.Material.Find(context.Service)?.From;
        var outcome = await instances.ReturnAsync(context.Service, from, context.Progress, token);
        return outcome.State is AdvanceState.Complete
            ? StepOutcome.Done(from is null ? $"{context.Service} is gone again" : $"{context.Service} runs {from.Release} again")
            : new(false, outcome.Because, [], outcome.Failure);
    }

    /// <summary>It is good when its services have arrived, too; one that is just behind its brake may be there a moment later.</summary>
    private async Task<StepOutcome> RestoreAsync(StepContext context, CancellationToken token)
    {
        for (var tries = 1; ; tries++)
        {
            var outcome = await stack.RestoreAsync(context.Material.Before, context.Material.BeforeServices, context.Progress, token);
            if (outcome.Ok || tries == Tries)
            {
                return StackOutcomes.Step(outcome);
            }

            await Task.Delay(Pause, context.Time, token);
        }
    }
}

internal static class StackOutcomes
{
    public static StepOutcome Step(StackOutcome outcome) => new(outcome.Ok, outcome.Because, [], outcome.Failure);
}
