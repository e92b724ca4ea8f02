using System.Collections.Immutable;
using System.Text;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Releases;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Sources;

/// <summary>Files of one commit in a directory, as a repository that borrows its objects: a build may ask it for the commit or the nearest tag.</summary>
internal sealed class GitCheckout(GitCommand git)
{
    private const int MostTags = 10_000;

    /// <param name="repository">On this host: the source itself, or the mirror of it.</param>
    public async Task<WorkOutcome> MakeAsync(GitSourceSpec spec, string repository, string commit, string directory, CancellationToken token)
    {
        var objects = await git.AskAsync(repository, ["rev-parse", "--path-format=absolute", "--git-path", "objects"], token).ConfigureAwait(false);
        var tags = await git.AskAsync(repository, ["for-each-ref", $"--count={MostTags}", "--format=%(objectname) %(refname)", "refs/tags"], token).ConfigureAwait(false);
        if (!objects.Ok || objects.Lines.LastOrDefault(l => l.StartsWith('/')) is not { } lent)
        {
            return GitFault.Failed(spec, objects);
        }

        ImmutableArray<string> format = commit.Length == 64 ? ["--object-format=sha256"] : [];
        var made = await git.AskAsync(directory, ["init", "--quiet", "--template=", .. format, "."], token).ConfigureAwait(false);
        if (!made.Ok)
        {
            return GitFault.Failed(spec, made);
        }

        var folder = Path.Combine(directory, ".git");
        Directory.CreateDirectory(Path.Combine(folder, "objects/info"));
        await File.WriteAllTextAsync(Path.Combine(folder, "objects/info/alternates"), lent + "\n", token).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder, "packed-refs"), PackedRefs(tags), token).ConfigureAwait(false);
        var checkedOut = await git.TransferAsync(directory, ["checkout", "--quiet", "--force", "--detach", commit], token).ConfigureAwait(false);
        if (!checkedOut.Ok)
        {
            return GitFault.Failed(spec, checkedOut);
        }

        return await SubmodulesAsync(spec, repository, directory, token).ConfigureAwait(false)
            ?? WorkOutcome.Done($"{GitSource.Label(spec, commit)} was checked out from {GitFault.Shown(spec.Repository)}");
    }

    /// <summary>Takes every <c>.git</c> out of a release, its submodules' too. A service needs none, and what it could show is history.</summary>
    public static void Forget(string directory, TreeLimits limits)
    {
        // Collected first: what is walked must not change meanwhile.
        var found = FileTree.Walk(directory, limits, "node_modules").Where(e => e.Path == ".git" || e.Path.EndsWith("/.git", StringComparison.Ordinal)).Select(e => e.Path).ToArray();
        foreach (var path in found)
        {
            FileTree.Delete(Path.Combine(directory, path));
        }
    }

    private async Task<WorkOutcome?> SubmodulesAsync(GitSourceSpec spec, string repository, string directory, CancellationToken token)
    {
        if (!File.Exists(Path.Combine(directory, ".gitmodules")))
        {
            return null;
        }

        // A relative URL of a submodule counts from where the repository itself came from.
        var origin = spec.Repository;
        if (spec.IsLocal)
        {
            var asked = await git.AskAsync(repository, ["config", "--get", "remote.origin.url"], token).ConfigureAwait(false);
            origin = asked.Ok && asked.Lines.Length > 0 ? asked.Lines[^1] : spec.Repository;
        }

        // git refuses submodules from paths of this host since a repository could draw in what is not its own. Who named a local source trusts it with that.
        ImmutableArray<string> allowed = spec.IsLocal ? ["-c", "protocol.file.allow=always"] : [];
        var answer = await git.TransferAsync(
            directory, [.. allowed, "-c", $"remote.origin.url={origin}", "submodule", "--quiet", "update", "--init", "--recursive"], token).ConfigureAwait(false);
        if (answer.Ok)
        {
            return null;
        }

        var (what, fix) = GitFault.Explain(spec.Repository, answer);
        return WorkOutcome.Failed($"a submodule could not be fetched: {what}; fix: {fix}", GitFault.Evidence(answer));
    }

    private static string PackedRefs(GitAnswer tags)
    {
        var text = new StringBuilder();
        foreach (var line in tags.Lines)
        {
            if (line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end && GitHash.IsFull(line[..end]))
            {
                text.Append(line).Append('\n');
            }
        }

        return text.ToString();
    }
}
