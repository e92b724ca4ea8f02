using Mainstay.Rollout.Building;
using Mainstay.Rollout.Releases;

namespace Mainstay.Rollout.Execution.Steps;

/// <summary>A clean checkout into a directory of its own.</summary>
internal sealed class FetchStep(ReleaseMaker maker) : IStepRunner
{
    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken token) =>
        WorkOutcomes.Step(await maker.FetchAsync(context.Material.Find(context.Service)!, token));
}

/// <summary>The build's commands, in the release.</summary>
internal sealed class BuildStep(ReleaseMaker maker) : IStepRunner
{
    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken token) =>
        WorkOutcomes.Step(await maker.BuildAsync(context.Material.Find(context.Service)!, token));
}

/// <summary>What the build must have made is there, nothing in it is a trap, and the release is sealed.</summary>
internal sealed class ArtifactsStep(ReleaseMaker maker) : IStepRunner
{
    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken token)
    {
        var service = context.Rollout.Services.First(s => s.Name == context.Service);
        var (outcome, change) = await maker.FinishAsync(context.Material.Find(context.Service)!, service.Source, line => context.Tell(context.Service, line), token);
        return WorkOutcomes.Step(outcome) with { Services = [service with { Source = change }] };
    }
}

/// <summary>Once for each rollout: that it is not begun a second time is the machine's business.</summary>
internal sealed class MigrateStep(ReleaseMaker maker, MigrateRun migrate) : IStepRunner
{
    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken token)
    {
        var part = context.Material.Find(context.Service)!;
        var release = maker.ContextOf(part);
        return WorkOutcomes.Step(await migrate.RunAsync(release, part.To.Spec.Rollout.Migrate!, line => context.Tell(context.Service, release.Redact($"migration: {line}")), token));
    }
}

internal static class WorkOutcomes
{
    public static StepOutcome Step(WorkOutcome outcome) => new(outcome.Ok, outcome.Because, outcome.Evidence);
}
