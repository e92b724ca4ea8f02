using System.Collections.Immutable;

namespace Mainstay.Spec.Problems;

/// <summary>MS4xxx: what the daemon and running services met.</summary>
public static class DaemonCodes
{
    public static readonly ProblemCode AnotherStack = new("MS4001", "The home already runs another stack");

    public static ImmutableArray<ProblemCode> All { get; } = [AnotherStack];
}
