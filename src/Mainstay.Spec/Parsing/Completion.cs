using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Shapes;

namespace Mainstay.Spec.Parsing;

/// <summary>Fills in the defaults that depend on other parts of the manifest: ports and what dependencies wait for.</summary>
internal static class Completion
{
    public static StackSpec Of(StackDraft draft, ManifestSource source)
    {
        var stand = draft.Edge.GuardSets.Select(s => s.Guards.Switch?.Off.Service).Concat(draft.Routes.Select(r => r.Guards?.Own.Switch?.Off.Service));
        var routed = draft.Routes.Select(r => r.Spec.Service).Concat(stand.OfType<ServiceName>()).ToHashSet();
        var withPorts = draft.Services.Select(s => s.Spec with { Port = PortOf(s.Spec, routed) }).ToImmutableArray();
        var telling = draft.External.Select(e => e.Name).Concat(withPorts.Where(CanTellHealth).Select(s => s.Name)).ToHashSet();
        var services = withPorts.Zip(draft.Services, (spec, service) => spec with { DependsOn = [.. service.DependsOn.Select(d => Complete(d, telling))] });
        return new StackSpec(draft.Name, source.File, source.Directory, draft.Edge, [.. services], draft.External, [.. draft.Routes.Select(r => r.Spec with { Guards = GuardsOf(r, draft.Edge) })], draft.Switches);
    }

    /// <summary>A set that there is not was reported, and guards nothing.</summary>
    private static GuardsSpec? GuardsOf(RouteDraft route, EdgeSpec edge) =>
        route.Guards is { Name: { } name } ? edge.GuardSets.FirstOrDefault(s => s.Name == name)?.Guards : route.Guards?.Own;

    /// <summary>Without a healthcheck, an open port is the sign of life.</summary>
    public static bool CanTellHealth(ServiceSpec service) => service.Healthcheck is not null || service.Port.Kind is not PortKind.None;

    private static PortSpec PortOf(ServiceSpec service, HashSet<ServiceName> routed) =>
        service.Port.Kind is PortKind.None && (routed.Contains(service.Name) || service.Healthcheck?.Probe is HttpProbeSpec or TcpProbeSpec)
            ? new PortSpec(PortKind.Auto)
            : service.Port;

    private static DependencySpec Complete(DependencyDraft wish, HashSet<ServiceName> telling)
    {
        var on = new ServiceName(wish.On);
        return new DependencySpec(on, wish.Condition ?? (telling.Contains(on) ? DependencyCondition.Healthy : DependencyCondition.Started), wish.Span);
    }
}
