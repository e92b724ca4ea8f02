using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Services;

namespace Mainstay.Supervisor.Stacks;

/// <summary>All services as they are seen in one round of planning; each is looked at once, when it is first asked for.</summary>
internal sealed class Neighbourhood(IReadOnlyDictionary<ServiceName, ServiceActor> actors, ImmutableSortedDictionary<ServiceName, ExternalStatus> externals) : INeighbours
{
    private readonly Dictionary<ServiceName, Neighbour> _seen = [];

    public IEnumerable<ServiceRecord> Records => actors.Values.Select(a => a.Record);

    public ServiceRecord? Record(ServiceName name) => actors.GetValueOrDefault(name)?.Record;

    public Neighbour? Find(ServiceName name)
    {
        if (_seen.TryGetValue(name, out var known) || actors.GetValueOrDefault(name) is not { } actor)
        {
            return known;
        }

        // Entered before its own dependencies are asked for, so that two manifests that need each other do not chase their tails.
        _seen[name] = new(actor.Record, actor.See(DependenciesSeen.AllThere));
        return _seen[name] = new(actor.Record, actor.See(Dependencies.Of(actor.Record, this, externals)));
    }
}
