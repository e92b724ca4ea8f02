using System.Collections.Immutable;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Verification;

/// <summary>What a process of a service must look like when it runs its release.</summary>
/// <param name="Root">The release's root, links followed; null for a service without a source.</param>
/// <param name="Directory">Where it must work, links followed.</param>
/// <param name="Program">What its command's program stands for; null when there is none any more.</param>
/// <param name="Environment">Declared variables.</param>
/// <param name="Origin">The folder that the source is taken from, links followed: its files are those that must not run. Null when it is not on this host.</param>
public sealed record ExpectedProcess(
    ServiceName Service, string Release, string? Root, string Directory, CommandSpec Command, ProgramSight? Program, ImmutableSortedDictionary<string, string> Environment,
    string? Origin = null)
{
    /// <param name="root">The release's directory; null for a service without a source.</param>
    /// <param name="hostPath">PATH that the process gets when it declares none.</param>
    public static ExpectedProcess Of(AppliedService applied, string? root, string hostPath, IProcessFacts facts) => new(
        applied.Spec.Name,
        applied.Release,
        root is null ? null : RealPath.Of(root) ?? root,
        RealPath.Of(applied.Spec.Directory) ?? applied.Spec.Directory,
        applied.Spec.Command,
        facts.Resolve(ProgramOf(applied.Spec), applied.Spec.Directory, applied.Environment.GetValueOrDefault("PATH", hostPath)),
        applied.Environment,
        HostPlaces.OriginOf(applied.Spec.Rollout.Source) is { } origin ? RealPath.Of(origin) : null);

    /// <summary>What ships with Mainstay runs from Mainstay's own file.</summary>
    private static string ProgramOf(ServiceSpec spec) =>
        spec.Kind is not ServiceKind.Process && System.Environment.ProcessPath is { } own ? own : spec.Command.Shell ? "/bin/sh" : spec.Command.Argv[0];

    /// <summary>All releases of a service lie in one folder.</summary>
    internal bool IsOtherRelease(string path) =>
        Root is not null && Path.GetDirectoryName(Root) is { } all && RealPath.IsWithin(all, path) && !RealPath.IsWithin(Root, path);

    /// <summary>Not of the release, and neither of the host: somebody's working tree, or what a build left elsewhere.</summary>
    internal bool IsForeign(string path) =>
        Root is not null && !RealPath.IsWithin(Root, path) && (!HostPlaces.IsSystem(path) || IsOtherRelease(path) || (Origin is not null && RealPath.IsWithin(Origin, path)));
}
