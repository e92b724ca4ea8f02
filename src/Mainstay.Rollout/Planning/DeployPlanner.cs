using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Sources;
using Mainstay.Rollout.Verification;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Rollout.Planning;

/// <summary>What is to be deployed, on top of what.</summary>
/// <param name="Before">What runs; null when nothing does.</param>
/// <param name="Declared">The manifest's services; those with a source are not yet in a release.</param>
/// <param name="Only">Just these; empty means all.</param>
/// <param name="Remarks">Warnings of the preflight, which belong into the record.</param>
public sealed record DeployWish(
    StackSpec? Before,
    ImmutableArray<AppliedService> BeforeServices,
    StackSpec After,
    ImmutableArray<AppliedService> Declared,
    ImmutableArray<ServiceName> Only,
    bool AllowDirty,
    bool AllowDowntime,
    bool DryRun,
    string By,
    ImmutableArray<Problem> Remarks);

/// <summary>A plan, or why there is none.</summary>
public sealed record PlanOutcome(RolloutRecord? Plan, RolloutMaterial? Material, ImmutableArray<Problem> Problems);

/// <summary>Finds out what a deploy means: what the sources hold, which services that changes, and whether it may be done. Changes nothing.</summary>
public sealed class DeployPlanner(ISourceReader sources, SourcePreflight files, ReleaseStore store, TimeProvider time)
{
    /// <summary>Left on the disk whatever is deployed: a full disk takes down what has nothing to do with it.</summary>
    private const long Floor = 512L << 20;

    public async Task<PlanOutcome> PlanAsync(DeployWish wish, long number, Action<OperationStep> progress, CancellationToken token)
    {
        var problems = new List<Problem>(wish.Remarks);
        var parts = new List<RolloutPart>();
        var after = new List<AppliedService>();
        var changes = ImmutableDictionary.CreateBuilder<ServiceName, SourceChange>();
        var preflight = new List<EvidenceBlock>();
        foreach (var declared in wish.Declared)
        {
            var name = declared.Spec.Name;
            var from = wish.BeforeServices.FirstOrDefault(s => s.Spec.Name == name);
            if (!wish.Only.IsDefaultOrEmpty && !wish.Only.Contains(name))
            {
                after.AddRange(from is null ? [] : [from]);
                continue;
            }

            if (declared.Spec.Rollout.Source is null && from is not null && from.Revision != declared.Revision)
            {
                changes[name] = new(from.Release, declared.Release, [], [], 0, [], SourceChanges.EnvironmentChanges(from.Environment, declared.Environment), []);
            }

            var part = declared.Spec.Rollout.Source is { } source
                ? await FromSourceAsync(declared, from, source, wish, problems, changes, preflight, progress, token)
                : new RolloutPart(from, declared, null, null, IsMade: true);
            if (part is null)
            {
                continue;
            }

            after.Add(part.To);
            if (from?.Revision != part.To.Revision)
            {
                parts.Add(part);
            }
        }

        var material = new RolloutMaterial(wish.Before, wish.BeforeServices, wish.After, [.. after], [.. parts]);
        var plan = RolloutPlanner.Plan(new(number, RolloutKind.Deploy, wish.By, time.GetUtcNow(), material, changes.ToImmutable(), [.. preflight]));
        problems.AddRange(Downtime(plan, wish));
        problems.AddRange(Space(material));
        problems.AddRange(await files.FindAsync(wish, parts, problems, progress, token));
        return problems.Any(p => p.Severity is Severity.Error) ? new(null, null, [.. problems]) : new(plan, material, [.. problems]);
    }

    private async Task<RolloutPart?> FromSourceAsync(
        AppliedService declared,
        AppliedService? from,
        SourceSpec source,
        DeployWish wish,
        List<Problem> problems,
        ImmutableDictionary<ServiceName, SourceChange>.Builder changes,
        List<EvidenceBlock> preflight,
        Action<OperationStep> progress,
        CancellationToken token)
    {
        var name = declared.Spec.Name;
        progress(new(time.GetUtcNow(), name.Value, null, null, null, "its source is examined"));
        var state = await sources.ExamineAsync(source, token);
        problems.AddRange(Problems(name, source, state, wish));
        preflight.Add(new($"source of {name}", [state.Label, .. state.Findings.SelectMany(f => f.Details.Prepend(f.What))]));
        if (!state.IsKnown)
        {
            return null;
        }

        var serving = from is { Spec.Rollout.Source: not null } ? store.Find(name, from.Release) : null;
        var files = await sources.FilesAsync(source, serving?.SourceId, state.Id, token);
        changes[name] = new(
            serving?.SourceId,
            state.Id,
            await sources.CommitsAsync(source, serving?.SourceId, state.Id, token),
            files.Named,
            files.LeftOut,
            [],
            from is null ? [] : SourceChanges.EnvironmentChanges(from.Environment, declared.Environment),
            [.. state.Overrides(wish.AllowDirty)]);

        // The same source, built the same way: the release that serves is the one that would be built again, if it is still what was built.
        if (serving is not null && serving.SourceId == state.Id && IsBuiltAlike(from!.Spec.Rollout, declared.Spec.Rollout) && IsWhole(serving, problems, preflight, token))
        {
            return new(from, ReleasedService.Of(declared, store.DirectoryOf(name, serving.Id), serving.Id), state.Id, state.Commit, IsMade: true);
        }

        var id = store.NextId(name, state.Id);
        return new(from, ReleasedService.Of(declared, store.DirectoryOf(name, id), id), state.Id, state.Commit, IsMade: false, state.Label);
    }

    private bool IsWhole(ReleaseRecord serving, List<Problem> problems, List<EvidenceBlock> preflight, CancellationToken token)
    {
        var damage = store.Verify(serving.Service, serving.Id, token);
        if (!damage.IsEmpty)
        {
            preflight.Add(new($"release {serving.Id} of {serving.Service} serves and is not as it was sealed, so it is built anew", damage));
            problems.Add(RolloutCodes.ReleaseDamaged.Warning(
                new Where(store.DirectoryOf(serving.Service, serving.Id), 0, 0, ""),
                $"service \"{serving.Service}\" serves from a release that is not as it was sealed: {string.Join(", ", damage.Take(5))}",
                "nothing: a new release of the same source takes its place; find out who changed it"));
        }

        return damage.IsEmpty;
    }

    private static bool IsBuiltAlike(RolloutSpec one, RolloutSpec other) =>
        one.Build.Select(CommandOf).SequenceEqual(other.Build.Select(CommandOf)) && one.Artifacts.Select(a => a.Path).SequenceEqual(other.Artifacts.Select(a => a.Path));

    private static string CommandOf(CommandSpec command) => $"{command.Shell} {string.Join('\0', command.Argv)}";

    private static IEnumerable<Problem> Problems(ServiceName name, SourceSpec source, SourceState state, DeployWish wish)
    {
        var where = new Where(wish.After.File, source.Span.Line, source.Span.Column, source.Span.Path);
        foreach (var finding in state.Refusals(wish.AllowDirty))
        {
            yield return RolloutCodes.SourceNotDeployable.Error(where, $"service \"{name}\": {finding.What}", finding.Fix);
        }

        foreach (var finding in state.Findings.Where(f => f.Severity is Severity.Warning))
        {
            yield return RolloutCodes.SourceRemark.Warning(where, $"service \"{name}\": {finding.What}", finding.Fix);
        }
    }

    private static IEnumerable<Problem> Downtime(RolloutRecord plan, DeployWish wish)
    {
        foreach (var service in plan.Services.Where(s => !s.KeepsServing))
        {
            var spec = wish.Declared.First(d => d.Spec.Name == service.Name).Spec;
            var where = new Where(wish.After.File, spec.Span.Line, spec.Span.Column, spec.Span.Path);
            yield return wish.AllowDowntime
                ? RolloutCodes.LosesService.Warning(where, $"service \"{service.Name}\" will not serve for a while: {service.StrategyBecause}", "nothing: --allow-downtime was said")
                : RolloutCodes.LosesService.Error(where, $"service \"{service.Name}\" would not serve for a while: {service.StrategyBecause}", "change the manifest as said, or let it happen with --allow-downtime");
        }
    }

    private IEnumerable<Problem> Space(RolloutMaterial material)
    {
        var made = material.Parts.Where(p => !p.IsMade).ToList();
        if (made.Count == 0 || store.FreeBytes() is not { } free)
        {
            yield break;
        }

        // What the serving release takes is the best guess for the next one.
        var needed = made.Sum(p => p.From is { } from ? store.Find(p.To.Spec.Name, from.Release)?.Bytes ?? 0 : 0) * 2;
        if (free < needed + Floor)
        {
            yield return RolloutCodes.NoSpace.Error(
                new Where(store.Root, 0, 0, ""),
                $"{store.Root} has {free / 1_000_000} MB free; the releases to come need about {needed / 1_000_000} MB and {Floor / 1_000_000} MB must stay free",
                "free space there, or keep fewer releases (deploy.keep_releases)");
        }
    }
}
