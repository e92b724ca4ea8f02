using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;

namespace Mainstay.Rollout.Execution;

/// <summary>What a rollout that has ended leaves to do: releases get their name for good or bad, and old ones go.</summary>
/// <param name="disk">Where the walks through releases go, off the loops.</param>
internal sealed class Aftermath(IInstances instances, ReleaseStore store, RolloutBook book, DateTimeOffset daemonStartedAt, TaskScheduler disk)
{
    /// <summary>Of all releases of one service together.</summary>
    private const long MaxBytes = 20L << 30;

    /// <summary>May run again: a daemon that died between a rollout's end and this leaves it to the next one.</summary>
    public async Task RunAsync(RolloutRecord rollout, RolloutMaterial material, CancellationToken token)
    {
        await instances.SettleAsync(token);
        await Task.Factory.StartNew(() => Tidy(rollout, material), token, TaskCreationOptions.DenyChildAttach, disk);
    }

    private void Tidy(RolloutRecord rollout, RolloutMaterial material)
    {
        var parts = material.Parts.Where(p => p.SourceId is not null).ToList();

        // Names first, for all of them: which release a service starts from depends on them, and pruning may fail on a full disk.
        var faults = parts.Select(p => Tried(() => Mark(rollout, p))).Concat(parts.Select(p => Tried(() => Prune(p)))).OfType<Exception>().ToList();
        if (faults.Count > 0)
        {
            throw new AggregateException(faults);
        }
    }

    private static Exception? Tried(Action act)
    {
        try
        {
            act();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e;
        }
    }

    private void Prune(RolloutPart part)
    {
        var safe = new[] { part.To.Release, part.From?.Release }.Concat(TargetsOf(part)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        store.Prune(part.To.Spec.Name, part.To.Spec.Rollout.Deploy.KeepReleases, MaxBytes, safe, daemonStartedAt);
    }

    private void Mark(RolloutRecord rollout, RolloutPart part)
    {
        var service = part.To.Spec.Name;
        if (rollout.Phase is RolloutPhase.Succeeded)
        {
            store.Mark(service, part.To.Release, ReleaseState.Serving, FormattableString.Invariant($"serves since rollout {rollout.Number}"));
            foreach (var old in store.List(service).Where(r => r.State is ReleaseState.Serving && r.Id != part.To.Release && r.Id != part.From?.Release))
            {
                // It served until a `down`, which no rollout has told of.
                store.Mark(service, old.Id, ReleaseState.Proven, "served before everything was stopped");
            }

            if (part.From is { Spec.Rollout.Source: not null } from && from.Release != part.To.Release)
            {
                var (state, because) = rollout.Kind is RolloutKind.Deploy
                    ? (ReleaseState.Proven, FormattableString.Invariant($"served until rollout {rollout.Number}"))
                    : (ReleaseState.Bad, FormattableString.Invariant($"was rolled back by rollout {rollout.Number}"));
                store.Mark(service, from.Release, state, because);
            }
        }
        else if (!part.IsMade)
        {
            store.Mark(service, part.To.Release, ReleaseState.Bad, FormattableString.Invariant($"rollout {rollout.Number}: {rollout.Failure ?? rollout.Because}"));
        }
    }

    /// <summary>What a rollback of the release that now serves would choose.</summary>
    private IEnumerable<string?> TargetsOf(RolloutPart part) => book.All
        .Reverse()
        .Where(r => r is { Phase: RolloutPhase.Succeeded, Kind: RolloutKind.Deploy })
        .SelectMany(r => r.Services)
        .Where(s => s.Name == part.To.Spec.Name && (s.To == part.To.Release || s.To == part.From?.Release))
        .Select(s => s.From);
}
