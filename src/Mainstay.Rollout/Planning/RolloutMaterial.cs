using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Mainstay.Contracts.Rollouts;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Planning;

/// <summary>What a rollout works with and its record must not show, because it holds values of variables. Kept in the journal beside it, for a daemon that takes over and for rollbacks.</summary>
/// <param name="Before">What ran; null when nothing did.</param>
/// <param name="BeforeServices">All of it, so that the whole stack can be put back.</param>
/// <param name="AfterServices">All that shall run, those that do not change too.</param>
/// <param name="Parts">The services that change.</param>
public sealed record RolloutMaterial(
    StackSpec? Before,
    ImmutableArray<AppliedService> BeforeServices,
    StackSpec After,
    ImmutableArray<AppliedService> AfterServices,
    ImmutableArray<RolloutPart> Parts)
{
    public RolloutPart? Find(ServiceName service) => Parts.FirstOrDefault(p => p.To.Spec.Name == service);

    /// <summary>What a service runs when the rollout has come to its good end.</summary>
    public AppliedService? Wanted(ServiceName service) => AfterServices.FirstOrDefault(s => s.Spec.Name == service);

    /// <summary>What it ran before; null when nothing.</summary>
    public AppliedService? Earlier(ServiceName service) => BeforeServices.FirstOrDefault(s => s.Spec.Name == service);
}

/// <summary>One service that changes.</summary>
/// <param name="SourceId">Of the release to come: <c>git:</c> and a commit, or <c>sha256:</c> and a hash; null without a source.</param>
/// <param name="Commit">For MAINSTAY_COMMIT.</param>
/// <param name="SourceLabel">The source as people call it; null when an older daemon planned it.</param>
/// <param name="IsMade">The release is on disk already: nothing is fetched and built.</param>
public sealed record RolloutPart(AppliedService? From, AppliedService To, string? SourceId, string? Commit, bool IsMade, string? SourceLabel = null);

/// <summary>The JSON form of what rollouts keep in the journal.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(RolloutRecord))]
[JsonSerializable(typeof(RolloutMaterial))]
internal sealed partial class RolloutJson : JsonSerializerContext;
