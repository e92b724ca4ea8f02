using Mainstay.Rollout.Backups;
using Mainstay.Rollout.Releases;

namespace Mainstay.Rollout.Execution.Steps;

/// <summary>What the rollout could cost is kept, and its restore tried.</summary>
internal sealed class BackupStep(ReleaseMaker maker, BackupRun backup) : IStepRunner
{
    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken token)
    {
        var part = context.Material.Find(context.Service)!;
        var release = maker.ContextOf(part);
        var outcome = await backup.RunAsync(release, part.To.Spec.Rollout.Backup!, line => context.Tell(context.Service, release.Redact($"backup: {line}")), token);
        return new(outcome.Ok, outcome.Because, outcome.Evidence) { Restore = outcome.Backup?.Restore ?? [] };
    }
}
