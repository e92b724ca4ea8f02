using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Planning;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Execution;

/// <summary>What a step may know and say while it goes.</summary>
/// <param name="tell">Must not block.</param>
/// <param name="record">The rollout as it is now.</param>
internal sealed class StepContext(RolloutStep step, RolloutMaterial material, Func<RolloutRecord> record, Action<OperationStep> tell, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public RolloutStep Step => step;

    public RolloutMaterial Material => material;

    public RolloutRecord Rollout => record();

    public TimeProvider Time => time;

    public Action<OperationStep> Progress => tell;

    /// <summary>The service of a step that is about one.</summary>
    public ServiceName Service => step.Services[0];

    public void Tell(ServiceName? service, string because) => tell(new(time.GetUtcNow(), service?.Value, null, null, null, because));

    /// <summary>At a place where nothing is half done: goes on at once, or when a pause has ended.</summary>
    public async Task MayGoOnAsync(CancellationToken token)
    {
        while (Rollout.Wish is RolloutWish.Pause)
        {
            await Task.Delay(Look, time, token);
        }
    }
}

/// <summary>Carries out one kind of step. Asked again after a daemon's death, it goes on or begins anew; cancelled, it leaves what the way back can deal with.</summary>
internal interface IStepRunner
{
    Task<StepOutcome> RunAsync(StepContext context, CancellationToken token);
}
