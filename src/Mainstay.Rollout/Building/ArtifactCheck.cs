using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts.Api;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Sources;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Building;

/// <summary>One artifact as it lies there.</summary>
/// <param name="RealPath">Every link followed.</param>
/// <param name="Bytes">Of a directory: of all files in it.</param>
/// <param name="Hash">Over the content.</param>
/// <param name="Written">Time of the newest file in it.</param>
public sealed record ArtifactSight(string RealPath, long Bytes, string Hash, DateTimeOffset Written);

/// <summary>What an artifact is compared with: the release that serves.</summary>
/// <param name="Source">The source's files of that release; null when not known.</param>
public sealed record ArtifactBaseline(string Release, string Directory, SourceSnapshot? Source);

/// <summary>Whether a build made what it should have made. A build that ends well and leaves old output is the commonest way to deploy yesterday's code.</summary>
/// <remarks>
/// Three things are failures, because nothing but old output explains them: an artifact that leads out of the release; one in an output folder
/// that came with the source and that the build did not touch; and one that is byte for byte and minute for minute that of the release before,
/// although code has changed. The same bytes written anew are only remarked: another service's code may be all that changed, or a comment.
/// An artifact that is itself source (<c>server.js</c> with a build that only installs) is what it should be.
/// </remarks>
public sealed class ArtifactCheck(TreeLimits limits)
{
    private static readonly string[] s_outputFolders = ["dist", "build", "out", "output", "publish", "target", "bin", "obj", "release", ".next", ".nuxt", ".output", "_build"];
    private static readonly string[] s_notCode = [".md", ".txt", ".rst", ".adoc", ".png", ".jpg", ".gif", ".svg"];

    // Packers and reproducible builds stamp files with a constant; before this nothing that we deploy was written.
    private static readonly DateTimeOffset s_noTime = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How the artifacts lie there; call before the build, and <see cref="Check"/> after it. Those that are not there are left out.</summary>
    public ImmutableDictionary<string, ArtifactSight> Look(string directory, ImmutableArray<ArtifactSpec> artifacts, CancellationToken token) => artifacts
        .Select(a => (a.Path, Sight: Look(directory, a.Path, token)))
        .Where(a => a.Sight is not null)
        .DistinctBy(a => a.Path)
        .ToImmutableDictionary(a => a.Path, a => a.Sight!);

    /// <param name="before">As they lay there before the build; null when there was no build.</param>
    /// <param name="source">The source's files of this release.</param>
    /// <param name="previous">Null for the first release.</param>
    public WorkOutcome Check(
        string directory, string label, ImmutableArray<ArtifactSpec> artifacts, ImmutableDictionary<string, ArtifactSight>? before, SourceSnapshot source, ArtifactBaseline? previous, CancellationToken token)
    {
        var (faults, remarks) = (new List<string>(), new List<string>());
        foreach (var path in artifacts.Select(a => a.Path).Distinct(StringComparer.Ordinal))
        {
            var sight = Look(directory, path, token);
            var fault = sight is null ? $"{path} does not exist in the release"
                : sight.Bytes == 0 ? $"{path} is empty"
                : Outside(directory, path, sight) ?? (before is null ? null : Untouched(path, sight, before, label) ?? Kept(path, sight, before, source, previous, label, token));
            if (fault is not null)
            {
                faults.Add(fault);
            }
            else
            {
                remarks.Add(Remark(path, sight!, before, source, previous, token));
            }
        }

        return faults.Count == 0
            ? WorkOutcome.Done($"{(artifacts.Length == 1 ? "the artifact is" : $"all {artifacts.Length} artifacts are")} there", new EvidenceBlock("artifacts", [.. remarks]))
            : WorkOutcome.Failed(string.Join("; ", faults), new EvidenceBlock("artifacts", [.. faults, .. remarks]));
    }

    private static string? Outside(string directory, string path, ArtifactSight sight) =>
        RealPath.Of(directory) is { } root && !RealPath.IsWithin(root, sight.RealPath)
            ? $"{path} leads to {sight.RealPath}, outside the release {directory}"
            : null;

    private static string? Untouched(string path, ArtifactSight sight, ImmutableDictionary<string, ArtifactSight> before, string label) =>
        InOutputFolder(path) && before.TryGetValue(path, out var was) && was.Hash == sight.Hash && was.Written == sight.Written
            ? $"the build kept old output: {path} came with the source ({label}) and the build did not write it; remove it from the source, or from artifacts if it is meant to be deployed as it is"
            : null;

    private string? Kept(string path, ArtifactSight sight, ImmutableDictionary<string, ArtifactSight> before, SourceSnapshot source, ArtifactBaseline? previous, string label, CancellationToken token)
    {
        if (before.ContainsKey(path) || previous?.Source is not { } old || Look(previous.Directory, path, token) is not { } was || was.Hash != sight.Hash)
        {
            return null;
        }

        var code = source.FilesSince(old).Where(IsCode).ToArray();
        return code.Length > 0 && sight.Written <= was.Written && sight.Written > s_noTime
            ? $"the build kept old output: {path} is that of release {previous.Release}, written {Time(sight.Written)}, although the source of {label} differs in {Some(code)}"
            : null;
    }

    private string Remark(string path, ArtifactSight sight, ImmutableDictionary<string, ArtifactSight>? before, SourceSnapshot source, ArtifactBaseline? previous, CancellationToken token)
    {
        var what = $"{path}: {ByteSize.Text(sight.Bytes)}, sha256 {sight.Hash[..12]}";
        if (before is null)
        {
            return what;
        }

        if (before.TryGetValue(path, out var was) && was.Hash == sight.Hash)
        {
            return $"{what}, part of the source; the build did not change it";
        }

        return previous?.Source is { } old && source.FilesSince(old).Where(IsCode).ToArray() is { Length: > 0 } code && Look(previous.Directory, path, token)?.Hash == sight.Hash
            ? $"{what}, the same bytes as in release {previous.Release} although {Some(code)} differ: see to it that the build uses them"
            : $"{what}, written by the build";
    }

    private ArtifactSight? Look(string directory, string path, CancellationToken token)
    {
        if (RealPath.Of(Path.Combine(directory, path)) is not { } real)
        {
            return null;
        }

        if (File.Exists(real))
        {
            return new(real, new FileInfo(real).Length, FileTree.HashFile(real, token), File.GetLastWriteTimeUtc(real));
        }

        if (!Directory.Exists(real))
        {
            return null;
        }

        TreeEntry[] files = [.. FileTree.Walk(real, limits).Where(e => e.Kind is TreeEntryKind.File)];
        return new(
            real,
            files.Sum(f => f.Size),
            ReleaseSealing.Hash(ReleaseSealing.Take(real, limits, token)),
            files.Length == 0 ? DateTimeOffset.UnixEpoch : files.Max(f => new DateTimeOffset(File.GetLastWriteTimeUtc(Path.Combine(real, f.Path)))));
    }

    private static bool InOutputFolder(string path) => path.Split('/') is { Length: > 0 } parts && parts.Any(p => s_outputFolders.Contains(p));

    private static bool IsCode(string change) => !s_notCode.Contains(Path.GetExtension(change).ToLowerInvariant());

    private static string Some(string[] files) =>
        files.Length == 1 ? files[0][2..] : $"{files[0][2..]} and {(files.Length - 1).ToString(CultureInfo.InvariantCulture)} more";

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
