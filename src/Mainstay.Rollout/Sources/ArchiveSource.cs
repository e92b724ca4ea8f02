using System.Collections.Immutable;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Releases;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Sources;

/// <summary>An archive whose content was named beforehand by its hash. Nothing of it is unpacked before the hash was compared.</summary>
internal sealed class ArchiveSource(SourceLimits limits) : ISourceReader
{
    // On a pool thread: it reads every byte.
    public Task<SourceState> ExamineAsync(SourceSpec source, CancellationToken token) => Task.Run(() => Examine((ArchiveSourceSpec)source, token), token);

    public Task<WorkOutcome> FetchAsync(SourceSpec source, SourceState state, string directory, CancellationToken token) =>
        Task.Run(() => Fetch((ArchiveSourceSpec)source, directory, token), token);

    public Task<ImmutableArray<CommitLine>> CommitsAsync(SourceSpec source, string? fromId, string toId, CancellationToken token) =>
        Task.FromResult(ImmutableArray<CommitLine>.Empty);

    private static SourceState Examine(ArchiveSourceSpec spec, CancellationToken token)
    {
        var label = $"archive {Path.GetFileName(spec.File)}";
        if (Fault(spec, token) is { } fault)
        {
            return SourceState.Unknown(label, fault);
        }

        return new($"sha256:{spec.Sha256}", spec.Sha256, $"{label} {spec.Sha256[..12]}", []);
    }

    private static SourceFinding? Fault(ArchiveSourceSpec spec, CancellationToken token)
    {
        try
        {
            if (!File.Exists(spec.File))
            {
                return SourceFinding.Error($"{spec.File} does not exist", "correct source.archive");
            }

            if (ArchiveKinds.Of(spec.File) is null)
            {
                return SourceFinding.Error($"{spec.File} is none of .tar, .tar.gz, .tgz and .zip", "pack the release in one of these forms");
            }

            var hash = FileTree.HashFile(spec.File, token);
            return hash == spec.Sha256
                ? null
                : SourceFinding.Error($"{spec.File} has the SHA-256 {hash}, and source.sha256 says {spec.Sha256}", "fetch the archive again, or correct source.sha256 if the file is what you mean");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return SourceFinding.Error($"{spec.File} cannot be read: {e.Message}", "make it readable for the user that runs Mainstay");
        }
    }

    private WorkOutcome Fetch(ArchiveSourceSpec spec, string directory, CancellationToken token)
    {
        // Again, and not only when it was examined: the file may have been replaced since.
        if (Fault(spec, token) is { } fault)
        {
            return WorkOutcome.Failed($"{fault.What}; fix: {fault.Fix}");
        }

        try
        {
            new ArchiveUnpacking(directory, limits.Tree).Run(spec.File, token);
            TreeEntry[] entries = [.. FileTree.Walk(directory, limits.Tree)];
            var escapes = RealPath.Escapes(directory, entries).Take(3).ToArray();
            return escapes.Length > 0 ? WorkOutcome.Failed($"{spec.File} holds links that lead out of it: {string.Join(", ", escapes)}")
                : entries.All(e => e.Kind is TreeEntryKind.Directory) ? WorkOutcome.Failed($"{spec.File} holds no files")
                : WorkOutcome.Done($"{entries.Count(e => e.Kind is not TreeEntryKind.Directory)} files were unpacked from {spec.File}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or FormatException or NotSupportedException)
        {
            return WorkOutcome.Failed($"{spec.File} could not be unpacked: {e.Message}");
        }
    }
}
