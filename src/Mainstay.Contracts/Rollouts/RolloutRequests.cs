using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;

namespace Mainstay.Contracts.Rollouts;

/// <summary><c>POST /v1/deploy</c>: brings the stack to a manifest and its services to what their sources hold.</summary>
/// <param name="Manifest">As for <c>up</c>; its services are those of <c>--only</c>, empty means all.</param>
/// <param name="DryRun">Only plan: the answer carries the rollout with every step pending.</param>
/// <param name="AllowDirty">Deploy what is committed although the source has uncommitted or unpushed changes; recorded.</param>
/// <param name="AllowDowntime">Go on although a service would not serve meanwhile; recorded.</param>
/// <param name="Wait">Wait for a rollout that is under way instead of being refused.</param>
public sealed record DeployRequest(ApplyRequest Manifest, bool DryRun, bool AllowDirty, bool AllowDowntime, bool Wait, string By);

/// <summary><c>POST /v1/rollback</c>: brings services back to what served before their last rollout. Empty services means all of that rollout.</summary>
/// <param name="Release">Instead of the one before; only with one service.</param>
public sealed record RollbackRequest(ImmutableArray<ServiceName> Services, string? Release, bool DryRun, string By);

/// <summary><c>POST /v1/rollouts/wish</c>: pauses, resumes or aborts the rollout that is under way.</summary>
public sealed record RolloutWishRequest(RolloutWish Wish, string By);

/// <summary><c>GET /v1/rollouts</c>, newest first.</summary>
public sealed record RolloutsDocument(ImmutableArray<RolloutRecord> Rollouts);

/// <summary><c>GET /v1/releases</c>, by service, newest first.</summary>
public sealed record ReleasesDocument(ImmutableArray<ReleaseDocument> Releases);

/// <summary>One release on disk.</summary>
/// <param name="Source">Where it came from, e.g. <c>git 1a2b3c4 main</c>.</param>
/// <param name="Because">Why it is in that state, one sentence.</param>
public sealed record ReleaseDocument(ServiceName Service, string Id, ReleaseState State, string Source, string Directory, DateTimeOffset MadeAt, long Bytes, int Files, string Because);

[System.Text.Json.Serialization.JsonConverter(typeof(LowerCaseEnumConverter<ReleaseState>))]
public enum ReleaseState
{
    /// <summary>Being fetched or built, or left over from that.</summary>
    Unfinished,

    /// <summary>Built, and not yet proven.</summary>
    Built,

    /// <summary>Serves now.</summary>
    Serving,

    /// <summary>Was proven to serve once; a rollback may choose it.</summary>
    Proven,

    /// <summary>A rollout to it failed or was rolled back; a rollback never chooses it.</summary>
    Bad,

    /// <summary>It is known, and its directory is gone.</summary>
    Missing,
}
