using System.Security.Cryptography;
using System.Text;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Releases;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Sources;

/// <summary>A repository behind a URL, kept as a bare mirror so that a fetch brings only what is new.</summary>
internal sealed class GitRemote(GitCommand git, string mirrors)
{
    /// <summary>Named by a hash: a URL may hold characters that a path may not, and a password that nobody should see in one.</summary>
    public string MirrorOf(GitSourceSpec spec) =>
        Path.Combine(mirrors, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(spec.Repository)))[..16] + ".git");

    public async Task<SourceState> ExamineAsync(GitSourceSpec spec, CancellationToken token)
    {
        Directory.CreateDirectory(mirrors);
        var answer = await LookAsync(spec, token).ConfigureAwait(false);
        if (!answer.Ok)
        {
            var (what, fix) = GitFault.Explain(spec.Repository, answer);
            return SourceState.Unknown(GitSource.Label(spec, null), SourceFinding.Error(what, fix));
        }

        var refs = answer.Lines.Select(l => l.Split('\t')).Where(f => f.Length == 2 && GitHash.IsFull(f[0])).DistinctBy(f => f[1]).ToDictionary(f => f[1], f => f[0]);
        var commit = Named(spec.Ref, refs) ?? await InMirrorAsync(spec, token).ConfigureAwait(false);
        return commit is null
            ? SourceState.Unknown(GitSource.Label(spec, null), RefNames.Missing(spec.Repository, spec.Ref, refs.Keys))
            : new($"git:{commit}", commit, GitSource.Label(spec, commit), []);
    }

    /// <summary>A mirror that holds the commit.</summary>
    public async Task<(string Mirror, WorkOutcome? Failed)> BringAsync(GitSourceSpec spec, string commit, CancellationToken token)
    {
        var mirror = MirrorOf(spec);
        if (await HoldsAsync(mirror, commit, token).ConfigureAwait(false))
        {
            return (mirror, null);
        }

        var failed = await UpdateAsync(spec, mirror, token).ConfigureAwait(false);
        if (failed is not null)
        {
            return (mirror, failed);
        }

        return await HoldsAsync(mirror, commit, token).ConfigureAwait(false)
            ? (mirror, null)
            : (mirror, WorkOutcome.Failed($"{GitFault.Shown(spec.Repository)} has no commit {commit} any more: {spec.Ref} was moved meanwhile"));
    }

    private static string? Named(string wanted, Dictionary<string, string> refs)
    {
        // An annotated tag is an object of its own; the line with ^{} names the commit.
        string[] names = [$"refs/tags/{wanted}^{{}}", $"refs/tags/{wanted}", $"refs/heads/{wanted}", $"{wanted}^{{}}", wanted];
        return names.Select(n => refs.GetValueOrDefault(n)).FirstOrDefault(c => c is not null);
    }

    /// <summary>A remote does not say whether it has a commit; its history does.</summary>
    private async Task<string?> InMirrorAsync(GitSourceSpec spec, CancellationToken token)
    {
        if (!GitHash.MayBeShort(spec.Ref))
        {
            return null;
        }

        var mirror = MirrorOf(spec);
        if (await ResolveAsync(mirror, spec.Ref, token).ConfigureAwait(false) is { } known)
        {
            return known;
        }

        return await UpdateAsync(spec, mirror, token).ConfigureAwait(false) is null ? await ResolveAsync(mirror, spec.Ref, token).ConfigureAwait(false) : null;
    }

    private async Task<bool> HoldsAsync(string mirror, string commit, CancellationToken token) =>
        await ResolveAsync(mirror, commit, token).ConfigureAwait(false) == commit;

    private async Task<string?> ResolveAsync(string mirror, string name, CancellationToken token)
    {
        if (!File.Exists(Path.Combine(mirror, "HEAD")))
        {
            return null;
        }

        var answer = await git.AskAsync(mirror, ["rev-parse", "--verify", "--quiet", $"{name}^{{commit}}"], token).ConfigureAwait(false);
        return answer.Ok ? answer.FirstHash : null;
    }

    /// <summary>Brings what is new. A mirror is only a cache: one that a killed git or the remote's own history has made unusable is made anew, once.</summary>
    private async Task<WorkOutcome?> UpdateAsync(GitSourceSpec spec, string mirror, CancellationToken token)
    {
        Directory.CreateDirectory(mirrors);
        if (!File.Exists(Path.Combine(mirror, "HEAD")))
        {
            return await MakeAnewAsync(spec, mirror, token).ConfigureAwait(false);
        }

        var fetched = await FetchAsync(spec, mirror, token).ConfigureAwait(false);
        if (fetched.Ok)
        {
            return null;
        }

        // One that does not answer would be asked for everything, and what is here would be lost for nothing.
        return !fetched.Outcome.TimedOut && (await LookAsync(spec, token).ConfigureAwait(false)).Ok
            ? await MakeAnewAsync(spec, mirror, token).ConfigureAwait(false)
            : GitFault.Failed(spec, fetched);
    }

    /// <summary>Beside its place, and whole before it takes it: half a mirror is never taken for one.</summary>
    private async Task<WorkOutcome?> MakeAnewAsync(GitSourceSpec spec, string mirror, CancellationToken token)
    {
        var draft = mirror + ".new";
        FileTree.Delete(draft);
        var made = await git.AskAsync(mirrors, ["init", "--quiet", "--bare", "--template=", draft], token).ConfigureAwait(false);
        var filled = made.Ok ? await FetchAsync(spec, draft, token).ConfigureAwait(false) : made;
        if (!filled.Ok)
        {
            FileTree.Delete(draft);
            return GitFault.Failed(spec, filled);
        }

        FileTree.Delete(mirror);
        Directory.Move(draft, mirror);
        return null;
    }

    // The URL is passed and not configured: a mirror holds no password. Names that are gone go first, so that `release` may become `release/1`;
    // objects are never pruned: releases borrow them while they are built.
    private Task<GitAnswer> FetchAsync(GitSourceSpec spec, string mirror, CancellationToken token) => git.TransferAsync(
        mirror, ["fetch", "--quiet", "--force", "--prune", "--no-write-fetch-head", "--", spec.Repository, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"], token);

    private Task<GitAnswer> LookAsync(GitSourceSpec spec, CancellationToken token) => git.AskAsync(mirrors, ["ls-remote", "--", spec.Repository], token);
}
