using System.Collections.Immutable;

namespace Mainstay.Spec.Problems;

/// <summary>MS5xxx: what the edge met.</summary>
public static class EdgeCodes
{
    public static readonly ProblemCode CannotListen = new("MS5001", "The edge cannot listen on a declared address");

    public static ImmutableArray<ProblemCode> All { get; } = [CannotListen];
}
