using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Mainstay.Rollout.Releases;

/// <summary>Writes down what a release holds, and finds what was changed since.</summary>
/// <remarks>
/// Files are not made read-only: services write caches beside their code, and root would not be stopped anyway. What counts is that a change of
/// a file that was built is noticed before the release is started again; files that came on top are not of the release.
/// </remarks>
internal static class ReleaseSealing
{
    private const int MostNamed = 20;

    public static ReleaseSeal Take(string directory, TreeLimits limits, CancellationToken token) => new(
    [
        .. FileTree.Walk(directory, limits)
            .Where(e => e.Kind is not TreeEntryKind.Directory)
            .OrderBy(e => e.Path, StringComparer.Ordinal)
            .Select(e => new SealedFile(e.Path, e.Size, e.Target is null ? FileTree.HashFile(Path.Combine(directory, e.Path), token) : null, e.Target)),
    ]);

    public static string Hash(ReleaseSeal seal)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in seal.Files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.Hash ?? $"link {file.Link}"}\0"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Each file that is not as it was sealed, in words; at most twenty.</summary>
    public static ImmutableArray<string> Differences(string directory, ReleaseSeal seal, CancellationToken token) =>
        [.. seal.Files.Select(f => Difference(Path.Combine(directory, f.Path), f, token)).OfType<string>().Take(MostNamed)];

    private static string? Difference(string path, SealedFile file, CancellationToken token)
    {
        try
        {
            var info = new FileInfo(path);
            if (file.Link is { } target)
            {
                return info.LinkTarget == target ? null : info.LinkTarget is { } now ? $"{file.Path} links to {now}, not to {target}" : $"{file.Path} is no longer a link to {target}";
            }

            return info.LinkTarget is { } link ? $"{file.Path} was replaced by a link to {link}"
                : !info.Exists ? $"{file.Path} is missing"
                : info.Length != file.Size ? $"{file.Path} has {info.Length} bytes, not {file.Size}"
                : FileTree.HashFile(path, token) != file.Hash ? $"{file.Path} has other content"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{file.Path} cannot be read: {e.Message}";
        }
    }
}
