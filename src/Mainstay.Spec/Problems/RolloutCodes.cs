using System.Collections.Immutable;

namespace Mainstay.Spec.Problems;

/// <summary>MS7xxx: what keeps a rollout from beginning.</summary>
public static class RolloutCodes
{
    public static readonly ProblemCode NoRelease = new("MS7001", "A service has a source and no release yet");
    public static readonly ProblemCode SourceNotDeployable = new("MS7002", "A source is not as it should be deployed");
    public static readonly ProblemCode LosesService = new("MS7003", "A service would not serve during the rollout");
    public static readonly ProblemCode NoSpace = new("MS7004", "The disk has no room for a release");
    public static readonly ProblemCode NothingToRollBackTo = new("MS7005", "There is no proven release to go back to");
    public static readonly ProblemCode ReleaseDamaged = new("MS7006", "A release on disk is not as it was sealed");
    public static readonly ProblemCode SourceRemark = new("MS7007", "Something about a source is worth knowing");

    public static readonly ProblemCode DependencyDown = new("MS7008", "What a service depends on does not answer");

    public static ImmutableArray<ProblemCode> All { get; } = [NoRelease, SourceNotDeployable, LosesService, NoSpace, NothingToRollBackTo, ReleaseDamaged, SourceRemark, DependencyDown];
}
