using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Releases;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Sources;

/// <summary>A directory as it is, but for <c>.git</c>. <c>node_modules</c> and the like are taken along: without a build they are what runs.</summary>
internal sealed class DirectorySource(SourceLimits limits) : ISourceReader
{
    private static readonly string[] s_leftOut = [".git"];

    // On a pool thread: it reads every byte.
    public Task<SourceState> ExamineAsync(SourceSpec source, CancellationToken token) => Task.Run(() => Examine(((DirectorySourceSpec)source).Directory, token), token);

    public Task<WorkOutcome> FetchAsync(SourceSpec source, SourceState state, string directory, CancellationToken token) =>
        Task.Run(() => Fetch(((DirectorySourceSpec)source).Directory, state, directory, token), token);

    public Task<ImmutableArray<CommitLine>> CommitsAsync(SourceSpec source, string? fromId, string toId, CancellationToken token) =>
        Task.FromResult(ImmutableArray<CommitLine>.Empty);

    private SourceState Examine(string directory, CancellationToken token)
    {
        const string label = "directory";
        if (!Directory.Exists(directory))
        {
            return SourceState.Unknown(label, SourceFinding.Error($"{directory} does not exist or is not a directory", "correct source.directory"));
        }

        try
        {
            TreeEntry[] entries = [.. FileTree.Walk(directory, limits.Tree, s_leftOut)];
            ImmutableArray<string> escapes = [.. RealPath.Escapes(directory, entries).Take(limits.Named)];
            if (escapes.Length > 0)
            {
                return SourceState.Unknown(label, SourceFinding.Error(
                    $"{directory} holds links that lead out of it: {string.Join(", ", escapes.Take(3))}", "replace them by what they lead to, or by relative links within the directory", escapes));
            }

            if (entries.All(e => e.Kind is TreeEntryKind.Directory))
            {
                return SourceState.Unknown(label, SourceFinding.Error($"{directory} holds no files", "correct source.directory"));
            }

            var hash = Hash(directory, entries, token);
            return new($"sha256:{hash}", hash, $"directory {hash[..12]}", []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return SourceState.Unknown(label, SourceFinding.Error($"{directory} cannot be read whole: {e.Message}", "make it readable for the user that runs Mainstay, or smaller"));
        }
    }

    private WorkOutcome Fetch(string directory, SourceState state, string target, CancellationToken token)
    {
        try
        {
            FileTree.CopyTree(directory, target, limits.Tree, token, s_leftOut);

            // Of the copy: somebody may have worked in the directory while it was read.
            TreeEntry[] copied = [.. FileTree.Walk(target, limits.Tree)];
            var escapes = RealPath.Escapes(target, copied).Take(3).ToArray();
            if (escapes.Length > 0)
            {
                return WorkOutcome.Failed($"{directory} holds links that lead out of it: {string.Join(", ", escapes)}");
            }

            return Hash(target, copied, token) == state.Commit
                ? WorkOutcome.Done($"{copied.Count(e => e.Kind is not TreeEntryKind.Directory)} files were copied from {directory}")
                : WorkOutcome.Failed($"{directory} was changed while it was copied; fix: deploy again when nobody writes into it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return WorkOutcome.Failed($"{directory} could not be copied: {e.Message}");
        }
    }

    private static string Hash(string root, TreeEntry[] entries, CancellationToken token)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in entries.Where(e => e.Kind is not TreeEntryKind.Directory).OrderBy(e => e.Path, StringComparer.Ordinal))
        {
            token.ThrowIfCancellationRequested();
            var path = Path.Combine(root, entry.Path);
            var content = entry.Target is { } target ? $"link {target}" : $"{(IsExecutable(path) ? "program" : "file")} {FileTree.HashFile(path, token)}";
            hash.AppendData(Encoding.UTF8.GetBytes($"{entry.Path}\0{content}\0"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static bool IsExecutable(string path) => File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute);
}
