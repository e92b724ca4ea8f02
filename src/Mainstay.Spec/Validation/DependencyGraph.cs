using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Validation;

/// <summary>Who waits for whom, among the services of one stack.</summary>
internal static class DependencyGraph
{
    /// <summary>Takes away, layer by layer, the services that wait for nobody who is left; what remains leads into a circle.</summary>
    /// <param name="without">Edges (waiting service, awaited service) that are left out.</param>
    public static (ImmutableArray<ImmutableArray<ServiceName>> Layers, ImmutableArray<ServiceSpec> Remainder) Peel(
        ImmutableArray<ServiceSpec> services, IReadOnlySet<(ServiceName From, ServiceName To)> without)
    {
        var known = services.Select(s => s.Name).ToHashSet();
        var waitsFor = services.ToDictionary(
            s => s.Name,
            s => s.DependsOn.Select(d => d.On).Where(on => known.Contains(on) && !without.Contains((s.Name, on))).ToHashSet());
        var awaitedBy = waitsFor.SelectMany(w => w.Value.Select(on => (On: on, By: w.Key))).ToLookup(e => e.On, e => e.By);
        var order = services.Select((s, i) => (s.Name, i)).ToDictionary(s => s.Name, s => s.i);
        var layers = ImmutableArray.CreateBuilder<ImmutableArray<ServiceName>>();
        var layer = services.Select(s => s.Name).Where(n => waitsFor[n].Count == 0).ToImmutableArray();
        var done = new HashSet<ServiceName>();
        while (!layer.IsEmpty)
        {
            layers.Add(layer);
            done.UnionWith(layer);
            var freed = new HashSet<ServiceName>();
            foreach (var name in layer)
            {
                foreach (var waiting in awaitedBy[name])
                {
                    waitsFor[waiting].Remove(name);
                    if (waitsFor[waiting].Count == 0)
                    {
                        freed.Add(waiting);
                    }
                }
            }

            layer = [.. freed.OrderBy(n => order[n])];
        }

        return (layers.ToImmutable(), [.. services.Where(s => !done.Contains(s.Name))]);
    }
}
