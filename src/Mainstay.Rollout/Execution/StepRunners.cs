using System.Collections.Frozen;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Rollout.Execution;

/// <summary>Who carries out which kind of step.</summary>
internal sealed class StepRunners(IReadOnlyDictionary<StepKind, IStepRunner> runners)
{
    private readonly FrozenDictionary<StepKind, IStepRunner> _runners = runners.ToFrozenDictionary();

    public IStepRunner Of(StepKind kind) => _runners[kind];
}
