using System.Collections.Immutable;

namespace Mainstay.Spec.Problems;

/// <summary>MS4xxx: what the daemon and running services met.</summary>
public static class DaemonCodes
{
    public static ImmutableArray<ProblemCode> All { get; } = [];
}
