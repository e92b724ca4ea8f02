using System.Collections.Concurrent;
using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Sources;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Rollout.Releases;

/// <summary>Takes the secrets of an environment out of a line.</summary>
public delegate Func<string, string> RedactorOf(ImmutableSortedDictionary<string, string> environment);

/// <summary>
/// Makes a release in three steps: fetch, build, finish. Each needs what the ones before it have seen; a daemon that takes over in the middle
/// has not seen it, so it begins again from an empty directory: half a build is no start.
/// </summary>
internal sealed class ReleaseMaker(ISourceReader sources, ReleaseStore store, BuildRun build, ArtifactCheck artifacts, IReleaseCheck check, RedactorOf redact)
{
    // By service, so that what a rollout leaves behind that never came to its end is replaced by the next one.
    private readonly ConcurrentDictionary<ServiceName, Making> _making = [];

    public async Task<WorkOutcome> FetchAsync(RolloutPart part, CancellationToken token)
    {
        var (service, release) = (part.To.Spec.Name, part.To.Release);
        _making.TryRemove(service, out _);
        var source = new SourceState(part.SourceId!, part.Commit!, part.SourceLabel ?? $"source {Label(part)}", []);
        store.Begin(service, release, source);
        var isFetched = false;
        try
        {
            var fetched = await sources.FetchAsync(part.To.Spec.Rollout.Source!, source, store.DirectoryOf(service, release), token);
            isFetched = fetched.Ok;
            if (!fetched.Ok)
            {
                return WorkOutcome.Failed(fetched.Because, fetched.Evidence);
            }

            var hasBuild = !part.To.Spec.Rollout.Build.IsEmpty;
            if (!hasBuild && await build.GiveAsync(ContextOf(part), part.To.Spec.Rollout.BuildTimeout, token) is { } refused)
            {
                return refused;
            }

            store.KeepSource(service, release, token);
            _making[service] = new(release, null, IsBuilt: !hasBuild);
            return WorkOutcome.Done(fetched.Because, fetched.Evidence);
        }
        finally
        {
            if (!isFetched)
            {
                // A part of an archive may be what made it refused, and others may pass through to it.
                store.Clear(service, release);
            }
        }
    }

    public async Task<WorkOutcome> BuildAsync(RolloutPart part, CancellationToken token)
    {
        // A second build over a first one would find its own old output.
        var service = part.To.Spec.Name;
        if (Known(part) is not { IsBegun: false })
        {
            var again = await FetchAsync(part, token);
            if (!again.Ok)
            {
                return again;
            }
        }

        var rollout = part.To.Spec.Rollout;
        var making = _making[service] = _making[service] with { IsBegun = true, Before = artifacts.Look(store.DirectoryOf(service, part.To.Release), rollout.Artifacts, token) };
        var built = await build.RunAsync(ContextOf(part), rollout.Build, rollout.BuildTimeout, store.BuildLogOf(service, part.To.Release), _ => { }, token);
        if (built.Ok)
        {
            _making[service] = making with { IsBuilt = true };
        }
        else
        {
            _making.TryRemove(service, out _);
        }

        return built;
    }

    /// <summary>Looks through what was made, and seals it.</summary>
    /// <param name="warn">Told of what is odd in the files and stops nothing.</param>
    public async Task<(WorkOutcome Outcome, SourceChange? Change)> FinishAsync(RolloutPart part, SourceChange? known, Action<string> warn, CancellationToken token)
    {
        var (service, release) = (part.To.Spec.Name, part.To.Release);
        if (part.IsMade)
        {
            var damage = store.Verify(service, release, token);
            return (damage.IsEmpty ? WorkOutcome.Done($"{release} is whole") : WorkOutcome.Failed($"release {release} is not as it was sealed: {string.Join(", ", damage.Take(5))}"), known);
        }

        if (Known(part) is not { IsBuilt: true })
        {
            var again = part.To.Spec.Rollout.Build.IsEmpty ? await FetchAsync(part, token) : await BuildAsync(part, token);
            if (!again.Ok)
            {
                return (again, known);
            }
        }

        // Whatever comes of it: what is sealed is done, and what is refused is not built upon.
        _making.TryRemove(service, out var making);
        return store.SourceOf(service, release) is { } source
            ? await LookThroughAsync(part, making!, source, known, warn, token)
            : (WorkOutcome.Failed($"the list of files that {release} was made from cannot be read any more; deploy again"), known);
    }

    private async Task<(WorkOutcome Outcome, SourceChange? Change)> LookThroughAsync(
        RolloutPart part, Making making, SourceSnapshot source, SourceChange? known, Action<string> warn, CancellationToken token)
    {
        var (service, release) = (part.To.Spec.Name, part.To.Release);
        var root = store.DirectoryOf(service, release);
        var found = artifacts.Check(root, Label(part), part.To.Spec.Rollout.Artifacts, making.Before, source, BaselineOf(part), token);
        if (!found.Ok)
        {
            return (found, known);
        }

        var problems = await check.CheckAsync(root, part.To, built: true, token);
        ImmutableArray<EvidenceBlock> evidence = [.. found.Evidence, .. problems.IsEmpty ? [] : new[] { new EvidenceBlock("what was seen in its files", [.. problems.Select(p => $"{p.Code} {p.Where}: {p.What}; {p.Fix}")]) }];
        foreach (var problem in problems.Where(p => p.Severity is Severity.Warning))
        {
            warn($"warning {problem.Code} {problem.Where}: {problem.What}; {problem.Fix}");
        }

        if (string.Join("; ", problems.Where(p => p.Severity is Severity.Error).Select(p => $"{p.Where}: {p.Code}: {p.What}; {p.Fix}")) is { Length: > 0 } faults)
        {
            return (new(false, faults, evidence), known);
        }

        try
        {
            var sealedRelease = store.Seal(service, release, token);
            return (new(true, $"{release}: {ByteSize.Files(sealedRelease.Files)}, {ByteSize.Text(sealedRelease.Bytes)}, {(part.To.Spec.Rollout.Artifacts.IsEmpty ? "sealed" : "artifacts there, sealed")}", evidence), Changed(part, source, known));
        }
        catch (TreeLimitException e)
        {
            return (WorkOutcome.Failed(e.Message, evidence), known);
        }
    }

    public ReleaseContext ContextOf(RolloutPart part) => new(
        part.To.Spec.Name,
        part.To.Release,
        part.Commit ?? "",
        part.SourceId is null ? part.To.Spec.Directory : store.DirectoryOf(part.To.Spec.Name, part.To.Release),
        part.To.Environment,
        part.To.Spec.User,
        redact(part.To.Environment));

    private ArtifactBaseline? BaselineOf(RolloutPart part) => part.From is { Spec.Rollout.Source: not null } from
        ? new(from.Release, store.DirectoryOf(from.Spec.Name, from.Release), store.SourceOf(from.Spec.Name, from.Release))
        : null;

    private SourceChange? Changed(RolloutPart part, SourceSnapshot source, SourceChange? known)
    {
        var before = part.From is { Spec.Rollout.Source: not null } from ? store.SourceOf(from.Spec.Name, from.Release) : null;
        return SourceChanges.Between(known?.FromId, part.SourceId!, before, source, known?.Commits ?? [], known?.Environment ?? [], known?.Overrides ?? []);
    }

    private static string Label(RolloutPart part) => part.Commit is { Length: > 12 } commit ? commit[..12] : part.Commit ?? part.To.Release;

    /// <summary>How far this very release has come in this daemon; null when nothing of it is known.</summary>
    private Making? Known(RolloutPart part) => _making.TryGetValue(part.To.Spec.Name, out var making) && making.Release == part.To.Release ? making : null;

    /// <param name="Before">The artifacts as they lay there before the build; null without a build.</param>
    private sealed record Making(string Release, ImmutableDictionary<string, ArtifactSight>? Before, bool IsBuilt, bool IsBegun = false);
}
