using System.Collections.Immutable;

namespace Mainstay.Spec.Problems;

/// <summary>MS3xxx: what the host lacks or holds: ports, files, users, disk.</summary>
public static class HostCodes
{
    public static ImmutableArray<ProblemCode> All { get; } = [];
}
