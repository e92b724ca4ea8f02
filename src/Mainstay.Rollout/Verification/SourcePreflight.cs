using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Sources;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Rollout.Verification;

/// <summary>
/// Looks through the very sources that are to be deployed while the rollout is planned: a committed key or a wrong engine is a reason not to begin,
/// and not one to stop after a build has run what came with it. Each source lies in a folder of its own for as long as it is looked at.
/// </summary>
/// <remarks>One rollout is planned at a time, so a name is enough for the folder; what a daemon that died has left there goes first.</remarks>
/// <param name="limits">As of a release.</param>
public sealed class SourcePreflight(ISourceReader sources, IReleaseCheck check, string releases, TreeLimits limits, TimeProvider time)
{
    private string Folder => Path.Combine(releases, ".preflight");

    /// <summary>Removes what a daemon before has left.</summary>
    public void Clear()
    {
        try
        {
            FileTree.Delete(Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that refuses is told by whoever needs it; the folder goes with the next plan.
        }
    }

    /// <param name="parts">What changes; those that are made already serve from a release that was looked at.</param>
    /// <param name="found">What is known so far: a disk without room is not filled further.</param>
    public async Task<ImmutableArray<Problem>> FindAsync(
        DeployWish wish, IReadOnlyCollection<RolloutPart> parts, IReadOnlyCollection<Problem> found, Action<OperationStep> progress, CancellationToken token)
    {
        if (found.Any(p => p.Code == RolloutCodes.NoSpace.Id && p.Severity is Severity.Error))
        {
            return [];
        }

        // Services of one repository share its files: the id says that they are the same.
        var problems = ImmutableArray.CreateBuilder<Problem>();
        foreach (var same in parts.Where(p => p is { SourceId: not null, IsMade: false }).GroupBy(p => p.SourceId!))
        {
            var names = same.Select(p => p.To.Spec.Name).ToHashSet();
            var services = wish.Declared.Where(d => names.Contains(d.Spec.Name)).ToImmutableArray();
            progress(new(time.GetUtcNow(), services[0].Spec.Name.Value, null, null, null, "its source's files are looked through"));
            problems.AddRange(await LookAsync(same.First(), services, wish.After.File, token).ConfigureAwait(false));
        }

        return [.. problems.Distinct()];
    }

    private async Task<ImmutableArray<Problem>> LookAsync(RolloutPart part, ImmutableArray<AppliedService> services, string manifest, CancellationToken token)
    {
        Clear();
        try
        {
            // Nobody else's: what is found in there may be a key.
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var source = part.To.Spec.Rollout.Source!;
            var fetched = await sources.FetchAsync(source, new(part.SourceId!, part.Commit!, "", []), Folder, token).ConfigureAwait(false);
            if (!fetched.Ok)
            {
                return [NotDeployable(part, manifest, fetched.Because)];
            }

            _ = FileTree.Walk(Folder, limits, ".git").Count();
            var problems = ImmutableArray.CreateBuilder<Problem>();
            foreach (var service in services)
            {
                problems.AddRange(await check.CheckAsync(Folder, service, built: false, token).ConfigureAwait(false));
            }

            return problems.ToImmutable();
        }
        catch (TreeLimitException)
        {
            return [NotDeployable(part, manifest, $"its source holds more than {limits.MaxFiles} files or {ByteSize.Text(limits.MaxBytes)}, the most that one release may have")];
        }
        finally
        {
            Clear();
        }
    }

    private static Problem NotDeployable(RolloutPart part, string manifest, string because)
    {
        var span = part.To.Spec.Rollout.Source!.Span;
        return RolloutCodes.SourceNotDeployable.Error(new Where(manifest, span.Line, span.Column, span.Path), $"service \"{part.To.Spec.Name}\": {because}", "correct the source");
    }
}
