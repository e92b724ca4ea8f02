using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Execution;
using Mainstay.Rollout.Releases;
using Mainstay.Spec.Diff;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Rollout.Planning;

/// <summary>
/// Finds what served before: of each service, what the last rollout that brought its present release had found. It needs no argument, no network
/// and no build; what it chooses was proven once, and is whole on the disk.
/// </summary>
public sealed class RollbackPlanner
{
    private readonly RolloutBook _book;
    private readonly ReleaseStore _store;
    private readonly TimeProvider _time;

    internal RollbackPlanner(RolloutBook book, ReleaseStore store, TimeProvider time) => (_book, _store, _time) = (book, store, time);

    /// <param name="only">Empty means every service of the last rollout.</param>
    /// <param name="release">Instead of the one before; with one service only.</param>
    public PlanOutcome Plan(StackSpec? stack, ImmutableArray<AppliedService> running, ImmutableArray<ServiceName> only, string? release, string by, long number)
    {
        if (stack is null)
        {
            return Refuse("nothing runs in this home", "deploy or start something first");
        }

        if (only.IsDefaultOrEmpty && release is null && LastOf(running) is { } last && ChangedServices(last))
        {
            return PlanWhole(stack, running, last, by, number);
        }

        var problems = new List<Problem>();
        var parts = new List<RolloutPart>();
        foreach (var service in Wanted(running, only))
        {
            if (release is not null && release == service.Release)
            {
                problems.Add(Refusal(service, $"service \"{service.Spec.Name}\" serves from {release} already", $"see `mainstay releases {service.Spec.Name}` for the others"));
                continue;
            }

            if (Target(service, release) is not { } target)
            {
                // Of a whole stack, those that never had another release stay; of what was named, one must exist.
                if (!only.IsDefaultOrEmpty)
                {
                    problems.Add(release is null
                        ? Refusal(service, $"service \"{service.Spec.Name}\" runs {service.Release}, and no proven release from before is known", $"see `mainstay releases {service.Spec.Name}`; choose one with --to, or deploy the commit that you want")
                        : Refusal(service, $"service \"{service.Spec.Name}\" has never served from a release \"{release}\"", $"see `mainstay releases {service.Spec.Name}` and copy its whole name"));
                }

                continue;
            }

            problems.AddRange(Damage(target));
            parts.Add(Part(service, target));
        }

        if (parts.Count == 0 && problems.Count == 0)
        {
            return Refuse("no rollout has replaced a release that still can be gone back to", "see `mainstay rollouts` and `mainstay releases`");
        }

        if (problems.Count > 0)
        {
            return new(null, null, [.. problems]);
        }

        var after = running.Select(r => parts.FirstOrDefault(p => p.To.Spec.Name == r.Spec.Name)?.To ?? r).ToImmutableArray();
        var material = new RolloutMaterial(stack, running, stack, after, [.. parts]);
        return new(RolloutPlanner.Plan(new(number, RolloutKind.Rollback, by, _time.GetUtcNow(), material, Changes(parts), [])), material, []);
    }

    /// <summary>The rollout that left what runs now, to the service; null when something else has changed it since.</summary>
    private RolloutMaterial? LastOf(ImmutableArray<AppliedService> running) => _book.All
        .Reverse()
        .Where(r => r is { Kind: RolloutKind.Deploy, Phase: RolloutPhase.Succeeded })
        .Select(r => _book.MaterialOf(r.Number))
        .FirstOrDefault(m => m is not null && Names(m.AfterServices, s => s.Release).SetEquals(Names(running, s => s.Release)));

    /// <summary>It has added or removed some, so that the stack around them must go back, too.</summary>
    private static bool ChangedServices(RolloutMaterial last) =>
        last.Before is not null && !Names(last.BeforeServices, s => "").SetEquals(Names(last.AfterServices, s => ""));

    private static HashSet<string> Names(ImmutableArray<AppliedService> services, Func<AppliedService, string> release) => [.. services.Select(s => $"{s.Spec.Name} {release(s)}")];

    /// <summary>The whole stack as it was: what the rollout removed comes back, and what it added goes.</summary>
    private PlanOutcome PlanWhole(StackSpec stack, ImmutableArray<AppliedService> running, RolloutMaterial last, string by, long number)
    {
        var changed = last.BeforeServices.Where(b => running.FirstOrDefault(r => r.Spec.Name == b.Spec.Name)?.Revision != b.Revision).ToList();
        if (changed.SelectMany(Damage).ToImmutableArray() is { IsEmpty: false } problems)
        {
            return new(null, null, problems);
        }

        var parts = changed.Select(b => Part(running.FirstOrDefault(r => r.Spec.Name == b.Spec.Name), b)).ToImmutableArray();
        var material = new RolloutMaterial(stack, running, last.Before!, last.BeforeServices, parts);
        return new(RolloutPlanner.Plan(new(number, RolloutKind.Rollback, by, _time.GetUtcNow(), material, Changes(parts.Where(p => p.From is not null)), [])), material, []);
    }

    private RolloutPart Part(AppliedService? from, AppliedService to) =>
        _store.Find(to.Spec.Name, to.Release) is { } release ? new(from, to, release.SourceId, release.Commit, IsMade: true) : new(from, to, null, null, IsMade: true);

    private IEnumerable<AppliedService> Wanted(ImmutableArray<AppliedService> running, ImmutableArray<ServiceName> only)
    {
        if (!only.IsDefaultOrEmpty)
        {
            return running.Where(r => only.Contains(r.Spec.Name));
        }

        // What came together goes together: the services of the newest rollout that brought any of what runs.
        var last = _book.All.Reverse().FirstOrDefault(r => r is { Kind: RolloutKind.Deploy, Phase: RolloutPhase.Succeeded } && running.Any(s => Brought(r, s)));
        return last is null ? [] : running.Where(r => Brought(last, r));
    }

    private AppliedService? Target(AppliedService running, string? release)
    {
        var isBrought = false;
        foreach (var rollout in _book.All.Reverse().Where(r => r.Phase is RolloutPhase.Succeeded))
        {
            if (_book.MaterialOf(rollout.Number) is not { } material || material.Find(running.Spec.Name) is not { } part)
            {
                continue;
            }

            if (release is not null && part.To.Release == release)
            {
                return part.To;
            }

            if (isBrought && part.To.Release != running.Release && _store.Find(running.Spec.Name, part.To.Release) is { State: not ReleaseState.Bad })
            {
                return part.To;
            }

            // By what it runs; or, when an `up` has changed its environment since, by the release that it runs it from.
            if (release is null && rollout.Kind is RolloutKind.Deploy
                && (part.To.Revision == running.Revision || (part.To.Release == running.Release && part.From?.Revision != running.Revision)))
            {
                if (part.From is { } before)
                {
                    return before;
                }

                // Nothing served when it came, after a `down`: what was there before that is meant.
                isBrought = true;
            }
        }

        return null;
    }

    private static bool Brought(RolloutRecord rollout, AppliedService running) =>
        rollout.Services.Any(s => s.Name == running.Spec.Name && s.To == running.Release);

    private IEnumerable<Problem> Damage(AppliedService target)
    {
        if (target.Spec.Rollout.Source is null)
        {
            yield break;
        }

        // Nobody can break off a plan.
        var damage = _store.Verify(target.Spec.Name, target.Release, CancellationToken.None);
        if (!damage.IsEmpty)
        {
            yield return RolloutCodes.ReleaseDamaged.Error(
                new Where(_store.DirectoryOf(target.Spec.Name, target.Release), 0, 0, ""),
                $"release {target.Release} of {target.Spec.Name} is not as it was sealed: {string.Join(", ", damage.Take(5))}{(damage.Length > 5 ? $" and {damage.Length - 5} more" : "")}",
                "choose another one with --to (see `mainstay releases`), or deploy the commit again");
        }
    }

    private ImmutableDictionary<ServiceName, SourceChange> Changes(IEnumerable<RolloutPart> parts) => parts
        .Where(p => p.SourceId is not null)
        .ToImmutableDictionary(p => p.To.Spec.Name, p => new SourceChange(_store.Find(p.To.Spec.Name, p.From!.Release)?.SourceId, p.SourceId!, [], [], 0, [], Sources.SourceChanges.EnvironmentChanges(p.From!.Environment, p.To.Environment), []));

    private static Problem Refusal(AppliedService service, string what, string fix) =>
        RolloutCodes.NothingToRollBackTo.Error(new Where("", 0, 0, $"services.{service.Spec.Name}"), what, fix);

    private static PlanOutcome Refuse(string what, string fix) => new(null, null, [RolloutCodes.NothingToRollBackTo.Error(new Where("", 0, 0, ""), what, fix)]);
}
