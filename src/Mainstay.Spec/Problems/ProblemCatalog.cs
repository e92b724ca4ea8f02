using System.Collections.Immutable;

namespace Mainstay.Spec.Problems;

/// <summary>Every code that any part of Mainstay reports. <c>docs/reference/problems.md</c> is compared with it by a test.</summary>
public static class ProblemCatalog
{
    /// <summary>The thousands in order: what each is about, and its codes in order.</summary>
    public static ImmutableArray<ProblemFamily> Families { get; } =
    [
        new("MS1", "The manifest", ManifestCodes.All),
        new("MS2", "Environment and secrets", EnvironmentCodes.All),
        new("MS3", "The host", HostCodes.All),
        new("MS4", "The daemon and running services", DaemonCodes.All),
        new("MS5", "The edge", EdgeCodes.All),
        new("MS6", "Releases", ReleaseCodes.All),
        new("MS7", "Rollouts", RolloutCodes.All),
    ];

    public static ImmutableArray<ProblemCode> All { get; } = [.. Families.SelectMany(family => family.Codes)];

    public static ProblemCode? Find(string id) => All.FirstOrDefault(code => code.Id == id);
}

/// <summary>All codes that begin with <paramref name="Prefix"/>.</summary>
public sealed record ProblemFamily(string Prefix, string Title, ImmutableArray<ProblemCode> Codes);
