using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Sources;

/// <summary>A repository on this host: which commit its ref names, and what somebody may have forgotten to commit or push.</summary>
internal sealed class GitLocal(GitCommand git, SourceLimits limits)
{
    private static readonly (string File, string Doing)[] s_unfinished =
    [
        ("MERGE_HEAD", "a merge"), ("rebase-merge", "a rebase"), ("rebase-apply", "a rebase"), ("CHERRY_PICK_HEAD", "a cherry-pick"), ("REVERT_HEAD", "a revert"),
    ];

    public async Task<SourceState> ExamineAsync(GitSourceSpec spec, CancellationToken token)
    {
        var label = GitSource.Label(spec, null);
        if (!Directory.Exists(spec.Repository))
        {
            return SourceState.Unknown(label, SourceFinding.Error($"{spec.Repository} does not exist", "correct source.git"));
        }

        var place = await AskAsync(spec, ["rev-parse", "--is-bare-repository", "--absolute-git-dir"], token).ConfigureAwait(false);
        var folder = place.Lines.LastOrDefault(l => l.StartsWith('/'));
        if (!place.Ok || folder is null)
        {
            var (what, fix) = place.Outcome.ExitCode == 128
                ? ($"{spec.Repository} is not a git repository", "name a repository in source.git, or use source.directory")
                : GitFault.Explain(spec.Repository, place);
            return SourceState.Unknown(label, SourceFinding.Error(what, fix));
        }

        var prefix = (await AskAsync(spec, ["rev-parse", "--show-prefix"], token).ConfigureAwait(false)).Lines.FirstOrDefault() ?? "";
        if (prefix.Length > 0)
        {
            return SourceState.Unknown(label, SourceFinding.Error(
                $"{spec.Repository} is a folder inside a repository, and a release is a checkout of the whole of it",
                $"name the repository's own folder in source.git and set directory: {prefix.TrimEnd('/')}; or use source.directory for the folder alone"));
        }

        var resolved = await AskAsync(spec, ["rev-parse", "--verify", "--quiet", $"{spec.Ref}^{{commit}}"], token).ConfigureAwait(false);
        if (resolved.FirstHash is not { } commit)
        {
            return SourceState.Unknown(label, await MissingRefAsync(spec, token).ConfigureAwait(false));
        }

        var findings = ImmutableArray.CreateBuilder<SourceFinding>();
        findings.AddRange(s_unfinished.Where(u => Path.Exists(Path.Combine(folder, u.File))).Take(1).Select(u => SourceFinding.Refusal(
            $"{spec.Repository} is in the middle of {u.Doing}", "finish or abort it, then deploy again")));
        var isBare = place.Lines.Contains("true");
        var head = isBare ? null : await LookAtTreeAsync(spec, commit, findings, token).ConfigureAwait(false);
        await LookAtUpstreamAsync(spec, spec.Ref == "HEAD" ? head : spec.Ref, findings, token).ConfigureAwait(false);
        return new($"git:{commit}", commit, GitSource.Label(spec, commit), findings.ToImmutable());
    }

    private async Task<string?> LookAtTreeAsync(GitSourceSpec spec, string commit, ImmutableArray<SourceFinding>.Builder findings, CancellationToken token)
    {
        var (filters, refused) = await FiltersOffAsync(spec, token).ConfigureAwait(false);
        if (refused is not null)
        {
            findings.Add(refused);
            return null;
        }

        var answer = await AskAsync(spec, [.. filters, .. WorkingTree.Question], token).ConfigureAwait(false);
        if (!answer.Ok)
        {
            var (what, fix) = GitFault.Explain(spec.Repository, answer);
            findings.Add(SourceFinding.Refusal($"its working tree could not be examined: {what}", fix));
            return null;
        }

        var tree = WorkingTree.Parse(answer.Lines);
        if (tree.Unmerged.Length > 0)
        {
            findings.Add(SourceFinding.Refusal(
                $"{spec.Repository} has {Count(tree.Unmerged.Length, "file")} with merge conflicts: {Names(tree.Unmerged)}", "resolve the conflicts and commit", Listed(tree.Unmerged)));
        }

        if (tree.Changed.Length > 0)
        {
            findings.Add(SourceFinding.Refusal(
                $"{spec.Repository} has {Count(tree.Changed.Length, "change")} that no commit holds: {Names(tree.Changed.Select(c => c[3..]))}",
                $"commit, stash or ignore them; --allow-dirty deploys {commit[..GitHash.Short]} without them",
                Listed(tree.Changed)));
        }

        if (tree.Head is null)
        {
            findings.Add(SourceFinding.Warning(
                $"{spec.Repository} has no branch checked out (detached HEAD)", $"nothing to do if {commit[..GitHash.Short]} is what you mean; else check out a branch"));
        }

        return tree.Head;
    }

    /// <summary>A status may run clean filters. Those that the repository itself brings are switched off; those of the host (git-lfs) stay.</summary>
    private async Task<(ImmutableArray<string> Options, SourceFinding? Refused)> FiltersOffAsync(GitSourceSpec spec, CancellationToken token)
    {
        var answer = await AskAsync(spec, ["config", "--show-scope", "--includes", "--name-only", "--get-regexp", "^filter\\."], token).ConfigureAwait(false);
        var drivers = answer.Lines
            .Select(l => l.Split('\t', 2))
            .Where(f => f is ["local" or "worktree", _])
            .Select(f => f[1])
            .Where(l => l.StartsWith("filter.", StringComparison.OrdinalIgnoreCase) && l.LastIndexOf('.') > 7)
            .Select(l => l[..l.LastIndexOf('.')])
            .Distinct()
            .ToArray();
        return drivers.Any(d => d.Contains('='))
            ? ([], SourceFinding.Error($"{spec.Repository} configures a filter whose name cannot be switched off", "remove the filter from its .git/config"))
            : ([.. drivers.SelectMany(d => (string[])["-c", $"{d}.clean=", "-c", $"{d}.smudge=", "-c", $"{d}.process=", "-c", $"{d}.required=false"])], null);
    }

    private async Task LookAtUpstreamAsync(GitSourceSpec spec, string? branch, ImmutableArray<SourceFinding>.Builder findings, CancellationToken token)
    {
        if (branch is null)
        {
            return;
        }

        var answer = await AskAsync(spec, ["for-each-ref", "--format=%(refname)%09%(upstream:short)%09%(upstream:track)", $"refs/heads/{branch}"], token).ConfigureAwait(false);
        var fields = answer.Lines.Select(l => l.Split('\t')).FirstOrDefault(f => f.Length == 3 && f[0] == $"refs/heads/{branch}");
        if (fields is null || fields[1].Length == 0)
        {
            return;
        }

        var (upstream, track) = (fields[1], fields[2]);
        if (track.Contains("gone", StringComparison.Ordinal))
        {
            findings.Add(SourceFinding.Warning($"{upstream}, which {branch} follows, is gone", $"set another upstream for {branch}, or none"));
            return;
        }

        if (track.Contains("ahead", StringComparison.Ordinal))
        {
            var log = await AskAsync(spec, CommitLog.Question(upstream, $"refs/heads/{branch}", limits.Commits), token).ConfigureAwait(false);
            ImmutableArray<string> commits = [.. CommitLog.Parse(log.Lines).Select(c => $"{c.Id[..GitHash.Short]} {c.Subject}")];
            findings.Add(SourceFinding.Refusal(
                $"{branch} has {Count(commits.Length, "commit")} that {upstream} does not have: {Names(commits)}", $"push {branch}; --allow-dirty deploys it all the same", Listed(commits)));
        }

        if (track.Contains("behind", StringComparison.Ordinal))
        {
            findings.Add(SourceFinding.Warning($"{branch} lacks commits that {upstream} has ({track.Trim('[', ']')})", $"pull {branch} if they should be deployed"));
        }
    }

    private async Task<SourceFinding> MissingRefAsync(GitSourceSpec spec, CancellationToken token)
    {
        var answer = await AskAsync(spec, ["for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags", "refs/remotes"], token).ConfigureAwait(false);
        return RefNames.Missing(spec.Repository, spec.Ref, answer.Lines);
    }

    private Task<GitAnswer> AskAsync(GitSourceSpec spec, ImmutableArray<string> arguments, CancellationToken token) => git.AskAsync(spec.Repository, arguments, token);

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    private static string Names(IEnumerable<string> names)
    {
        var all = names.ToArray();
        return all.Length <= 3 ? string.Join(", ", all) : $"{string.Join(", ", all.Take(3))} and {all.Length - 3} more";
    }

    private ImmutableArray<string> Listed(ImmutableArray<string> all) =>
        all.Length <= limits.Named ? all : [.. all.Take(limits.Named), $"{all.Length - limits.Named} more"];
}
