using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Instances;

/// <summary>What an instance is to run and how it is to be treated. Replaced as a whole when policy changes or a successor is promoted.</summary>
/// <param name="Release">The release's number, for the journal.</param>
/// <param name="Environment">The declared variables.</param>
/// <param name="MakesWay">It leaves, and another process has its place: what becomes of it is not what becomes of the instance.</param>
internal sealed record LaneWork(
    string Stack,
    ServiceSpec Spec,
    int Release,
    string ReleaseName,
    ImmutableSortedDictionary<string, string> Environment,
    InstancePolicy Policy,
    bool MakesWay = false)
{
    public HealthcheckSpec? Check => InstancePolicy.CheckOf(Spec, Policy.OneShot);
}
