using System.Collections.Immutable;

namespace Mainstay.Spec.Problems;

/// <summary>MS5xxx: what the edge met.</summary>
public static class EdgeCodes
{
    public static ImmutableArray<ProblemCode> All { get; } = [];
}
