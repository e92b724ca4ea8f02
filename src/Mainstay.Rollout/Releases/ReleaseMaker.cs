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
    private readonly ConcurrentDictionary<string, Making> _making = [];

    public async Task<WorkOutcome> FetchAsync(RolloutPart part, Action<string> line, CancellationToken token)
    {
        var (service, release) = (part.To.Spec.Name, part.To.Release);
        _making.TryRemove(part.To.Release, out _);
        store.Clear(service, release);
        var fetched = await sources.FetchAsync(part.To.Spec.Rollout.Source!, new(part.SourceId!, part.Commit!, "", []), store.DirectoryOf(service, release), token);
        if (!fetched.Ok)
        {
            return WorkOutcome.Failed(fetched.Because, fetched.Evidence);
        }

        if (part.To.Spec.Rollout.Build.IsEmpty && await build.GiveAsync(ContextOf(part), part.To.Spec.Rollout.BuildTimeout, token) is { } refused)
        {
            return refused;
        }

        _making[Key(part)] = new(store.KeepSource(service, release), null, IsBuilt: part.To.Spec.Rollout.Build.IsEmpty);
        return WorkOutcome.Done(fetched.Because, fetched.Evidence);
    }

    public async Task<WorkOutcome> BuildAsync(RolloutPart part, Action<string> line, CancellationToken token)
    {
        // A second build over a first one would find its own old output.
        if (!_making.TryGetValue(Key(part), out var making) || making.IsBegun)
        {
            var again = await FetchAsync(part, line, token);
            if (!again.Ok)
            {
                return again;
            }

            making = _making[Key(part)];
        }

        var rollout = part.To.Spec.Rollout;
        var root = store.DirectoryOf(part.To.Spec.Name, part.To.Release);
        making = _making[Key(part)] = making with { IsBegun = true, Before = artifacts.Look(root, rollout.Artifacts) };
        var built = await build.RunAsync(ContextOf(part), rollout.Build, rollout.BuildTimeout, store.BuildLogOf(part.To.Spec.Name, part.To.Release), line, token);
        if (built.Ok)
        {
            _making[Key(part)] = making with { IsBuilt = true };
        }

        return built;
    }

    /// <summary>Looks through what was made, and seals it.</summary>
    public async Task<(WorkOutcome Outcome, SourceChange? Change)> FinishAsync(RolloutPart part, SourceChange? known, Action<string> line, CancellationToken token)
    {
        var (service, release) = (part.To.Spec.Name, part.To.Release);
        if (part.IsMade)
        {
            var damage = store.Verify(service, release);
            return (damage.IsEmpty ? WorkOutcome.Done($"{release} is whole") : WorkOutcome.Failed($"release {release} is not as it was sealed: {string.Join(", ", damage.Take(5))}"), known);
        }

        if (!_making.TryGetValue(Key(part), out var making) || !making.IsBuilt)
        {
            var again = part.To.Spec.Rollout.Build.IsEmpty ? await FetchAsync(part, line, token) : await BuildAsync(part, line, token);
            if (!again.Ok)
            {
                return (again, known);
            }

            making = _making[Key(part)];
        }

        var root = store.DirectoryOf(service, release);
        var found = artifacts.Check(root, Label(part), part.To.Spec.Rollout.Artifacts, making.Before, making.Source, BaselineOf(part));
        if (!found.Ok)
        {
            return (found, known);
        }

        var problems = await check.CheckAsync(root, part.To, built: true, token);
        ImmutableArray<EvidenceBlock> evidence = [.. found.Evidence, .. problems.IsEmpty ? [] : new[] { new EvidenceBlock("what was seen in its files", [.. problems.Select(p => $"{p.Code} {p.Where}: {p.What}; {p.Fix}")]) }];
        foreach (var problem in problems.Where(p => p.Severity is Severity.Warning))
        {
            line($"warning {problem.Code} {problem.Where}: {problem.What}; {problem.Fix}");
        }

        if (string.Join("; ", problems.Where(p => p.Severity is Severity.Error).Select(p => $"{p.Where}: {p.Code}: {p.What}; {p.Fix}")) is { Length: > 0 } faults)
        {
            return (new(false, faults, evidence), known);
        }

        try
        {
            var sealedRelease = store.Seal(service, release);
            _making.TryRemove(Key(part), out _);
            return (new(true, $"{release}: {ByteSize.Files(sealedRelease.Files)}, {ByteSize.Text(sealedRelease.Bytes)}, {(part.To.Spec.Rollout.Artifacts.IsEmpty ? "sealed" : "artifacts there, sealed")}", evidence), Changed(part, making, known));
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

    private SourceChange? Changed(RolloutPart part, Making making, SourceChange? known)
    {
        var before = part.From is { Spec.Rollout.Source: not null } from ? store.SourceOf(from.Spec.Name, from.Release) : null;
        return SourceChanges.Between(known?.FromId, part.SourceId!, before, making.Source, known?.Commits ?? [], known?.Environment ?? [], known?.Overrides ?? []);
    }

    private static string Label(RolloutPart part) => part.Commit is { Length: > 12 } commit ? commit[..12] : part.Commit ?? part.To.Release;

    private static string Key(RolloutPart part) => $"{part.To.Spec.Name}/{part.To.Release}";

    /// <param name="Source">The source's files, as fetched.</param>
    /// <param name="Before">The artifacts as they lay there before the build; null without a build.</param>
    private sealed record Making(SourceSnapshot Source, ImmutableDictionary<string, ArtifactSight>? Before, bool IsBuilt, bool IsBegun = false);
}
