using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Validation;

/// <summary>In which order services start: each layer waits only for layers before it. Stopping goes the other way.</summary>
public static class StartLayers
{
    /// <summary>Within a layer the order of the manifest holds; externals are in none.</summary>
    /// <exception cref="ArgumentException">The stack was not validated: its services wait for each other in a circle.</exception>
    public static ImmutableArray<ImmutableArray<ServiceName>> Of(StackSpec stack)
    {
        var (layers, remainder) = DependencyGraph.Peel(stack.Services, new HashSet<(ServiceName, ServiceName)>());
        return remainder.IsEmpty ? layers : throw new ArgumentException($"{remainder[0].Name} waits in a circle", nameof(stack));
    }
}
