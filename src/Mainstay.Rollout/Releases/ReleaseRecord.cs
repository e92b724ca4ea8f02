using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Sources;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Releases;

/// <summary>What is kept beside a release's directory, in <c>ID.json</c>.</summary>
/// <param name="SourceId">See <see cref="SourceState.Id"/>.</param>
/// <param name="ContentHash">Over every file as sealed; empty until then.</param>
/// <param name="Because">Why it is in that state, one sentence.</param>
public sealed record ReleaseRecord(
    ServiceName Service,
    string Id,
    ReleaseState State,
    string SourceId,
    string Commit,
    string SourceLabel,
    DateTimeOffset MadeAt,
    long Bytes,
    int Files,
    string ContentHash,
    string Because)
{
    public ReleaseDocument ToDocument(string directory) => new(Service, Id, State, SourceLabel, directory, MadeAt, Bytes, Files, Because);
}

/// <summary>One file of a sealed release.</summary>
/// <param name="Hash">SHA-256; null for a link.</param>
/// <param name="Link">Where a link points; null for a file.</param>
public sealed record SealedFile(string Path, long Size, string? Hash, string? Link);

/// <summary>Every file of a release as it was when it was built, in <c>ID.files.json</c>.</summary>
public sealed record ReleaseSeal(ImmutableArray<SealedFile> Files);

/// <summary>Names of releases: the time first, so that they sort by age, then what they were made from.</summary>
public static class ReleaseId
{
    private const int SourceDigits = 12;

    /// <param name="taken">Whether a release of that name exists: the same commit may be deployed twice within a second.</param>
    public static string Of(DateTimeOffset now, string sourceId, Func<string, bool> taken)
    {
        var hash = sourceId[(sourceId.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var name = string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{hash[..Math.Min(SourceDigits, hash.Length)]}");
        var free = name;
        for (var n = 2; taken(free); n++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{name}-{n}");
        }

        return free;
    }

    /// <summary>Whether a user's text can name a release: it becomes a part of a path.</summary>
    public static bool IsValid(string text) => text.Length is > 0 and < 100 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReleaseRecord))]
[JsonSerializable(typeof(ReleaseSeal))]
[JsonSerializable(typeof(SourceSnapshot))]
internal sealed partial class ReleaseJson : JsonSerializerContext;
