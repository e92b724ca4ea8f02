using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Building;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Sources;

/// <summary>A git repository: a working tree or bare repository on this host, or a URL that is mirrored.</summary>
/// <remarks>
/// A release's checkout is a repository of its own that only borrows objects (alternates): the source's configuration, hooks and filters have no
/// say in it, it may belong to anybody, and nothing is transferred twice.
/// </remarks>
internal sealed class GitSource(GitCommand git, string mirrors, SourceLimits limits) : ISourceReader
{
    private readonly GitLocal _local = new(git, limits);
    private readonly GitRemote _remote = new(git, mirrors);
    private readonly GitCheckout _checkout = new(git);

    public Task<SourceState> ExamineAsync(SourceSpec source, CancellationToken token)
    {
        var spec = (GitSourceSpec)source;
        return spec.Ref.StartsWith('-')
            ? Task.FromResult(SourceState.Unknown(Label(spec, null), SourceFinding.Error($"\"{spec.Ref}\" cannot be the name of a branch or tag", "name a branch, a tag or a commit in source.ref")))
            : spec.IsLocal ? _local.ExamineAsync(spec, token) : _remote.ExamineAsync(spec, token);
    }

    public async Task<WorkOutcome> FetchAsync(SourceSpec source, SourceState state, string directory, CancellationToken token)
    {
        var spec = (GitSourceSpec)source;
        var repository = spec.Repository;
        if (!spec.IsLocal)
        {
            var (mirror, failed) = await _remote.BringAsync(spec, state.Commit, token).ConfigureAwait(false);
            if (failed is not null)
            {
                return failed;
            }

            repository = mirror;
        }

        return await _checkout.MakeAsync(spec, repository, state.Commit, directory, token).ConfigureAwait(false);
    }

    public async Task<ImmutableArray<CommitLine>> CommitsAsync(SourceSpec source, string? fromId, string toId, CancellationToken token)
    {
        return await BetweenAsync(source, fromId, toId, (from, to) => CommitLog.Question(from, to, limits.Commits), token).ConfigureAwait(false) is { } lines
            ? CommitLog.Parse(lines)
            : [];
    }

    public async Task<ChangedFiles> FilesAsync(SourceSpec source, string? fromId, string toId, CancellationToken token)
    {
        var lines = await BetweenAsync(
            source, fromId, toId, (from, to) => ["diff", "--name-status", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", from, to, "--"], token).ConfigureAwait(false) ?? [];
        ImmutableArray<string> named = [.. lines.Where(IsChange).Take(limits.Files).Select(l => $"{l[0]} {l[2..]}")];
        return new(named, lines.Count(IsChange) - named.Length);
    }

    private static bool IsChange(string line) => line.Length > 2 && line[1] == '\t';

    /// <summary>Null when nobody can tell: no old commit, or one that the repository does not know any more.</summary>
    private async Task<ImmutableArray<string>?> BetweenAsync(SourceSpec source, string? fromId, string toId, Func<string, string, ImmutableArray<string>> question, CancellationToken token)
    {
        var spec = (GitSourceSpec)source;
        var repository = spec.IsLocal ? spec.Repository : _remote.MirrorOf(spec);
        if (!Directory.Exists(repository) || fromId?.StartsWith("git:", StringComparison.Ordinal) != true || fromId == toId)
        {
            return null;
        }

        var answer = await git.AskAsync(repository, question(fromId[4..], toId[4..]), token).ConfigureAwait(false);
        return answer.Ok ? answer.Lines : null;
    }

    public static string Label(GitSourceSpec spec, string? commit) =>
        commit is null ? $"git {spec.Ref}" : $"git {commit[..GitHash.Short]} {spec.Ref}";
}

/// <summary>A range of history, one line a commit.</summary>
internal static class CommitLog
{
    // Begins each line too, so that a warning is never taken for a commit.
    private const char Mark = '\u001f';

    /// <summary>What a signature program of the repository would say is not asked: it would have to be run.</summary>
    public static ImmutableArray<string> Question(string from, string to, int most) =>
    [
        "log", "--no-show-signature", "--no-decorate", "--no-color", "--no-notes",
        $"--max-count={most.ToString(CultureInfo.InvariantCulture)}", "--format=%x1f%H%x1f%an%x1f%cI%x1f%s", $"{from}..{to}", "--",
    ];

    public static ImmutableArray<CommitLine> Parse(IEnumerable<string> lines)
    {
        var commits = ImmutableArray.CreateBuilder<CommitLine>();
        foreach (var line in lines)
        {
            var fields = line.Split(Mark, 5);
            if (fields.Length == 5 && fields[0].Length == 0 && GitHash.IsFull(fields[1])
                && DateTimeOffset.TryParse(fields[3], CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
            {
                commits.Add(new(fields[1], fields[2], at, fields[4]));
            }
        }

        return commits.ToImmutable();
    }
}
