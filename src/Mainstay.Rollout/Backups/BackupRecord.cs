using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Backups;

/// <summary>What is kept beside a backup, in <c>ID.json</c>. A directory without it is half a backup.</summary>
/// <param name="Tested">How the restore was tested, or why not; one sentence.</param>
/// <param name="Restore">Commands that a person would run, in order.</param>
public sealed record BackupRecord(ServiceName Service, string Id, string Directory, DateTimeOffset MadeAt, int Files, long Bytes, bool IsTested, string Tested, ImmutableArray<string> Restore);

/// <summary>What came of a backup.</summary>
/// <param name="Backup">Set when it succeeded.</param>
public sealed record BackupOutcome(bool Ok, string Because, ImmutableArray<EvidenceBlock> Evidence, BackupRecord? Backup)
{
    public static BackupOutcome Failed(string because, params ImmutableArray<EvidenceBlock> evidence) => new(false, because, evidence, null);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BackupRecord))]
internal sealed partial class BackupJson : JsonSerializerContext;
