using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Validation;

/// <summary>Nobody else may have a port that is claimed; the second claim is the problem, and it names the first.</summary>
internal static class PortChecks
{
    public static void Run(StackSpec stack, Declared declared, ReadContext context)
    {
        CheckListen(stack.Edge, context);
        var owners = new Dictionary<int, ServiceSpec>();
        foreach (var service in stack.Services.Where(s => s.Port.Kind is PortKind.Fixed))
        {
            var port = service.Port.Number;
            var place = declared.PlaceOf(service.Name, "port");
            if (!owners.TryAdd(port, service))
            {
                var owner = owners[port];
                context.Report(
                    ManifestCodes.PortClaimedTwice,
                    place,
                    $"services \"{owner.Name}\" and \"{service.Name}\" both claim port {port}; \"{owner.Name}\" does so in line {declared.PlaceOf(owner.Name, "port").Line}",
                    "give one of them another port, let it have \"port: auto\", or remove it if it is the same service twice");
            }
            else if (stack.Edge.Listen.FirstOrDefault(l => l.Port == port) is { } listen)
            {
                context.Report(
                    ManifestCodes.PortClaimedTwice,
                    place,
                    $"service \"{service.Name}\" claims port {port}, which the edge listens on (line {listen.Span.Line})",
                    "give one of them another port, or let the service have \"port: auto\"");
            }

            if (service.Instances > 1)
            {
                context.Report(
                    ManifestCodes.FixedPortManyInstances,
                    declared.PlaceOf(service.Name, "instances"),
                    $"service \"{service.Name}\" has {service.Instances} instances, but only one can have the fixed port {port}",
                    "write \"port: auto\" and let the service listen on PORT, or \"instances: 1\"");
            }
        }
    }

    private static void CheckListen(EdgeSpec edge, ReadContext context)
    {
        for (var i = 1; i < edge.Listen.Length; i++)
        {
            var (listen, first) = (edge.Listen[i], edge.Listen.Take(i).FirstOrDefault(earlier => Overlap(earlier, edge.Listen[i])));
            if (first is not null)
            {
                var same = first.ToString() == listen.ToString();
                context.Report(
                    ManifestCodes.PortClaimedTwice,
                    listen.Span,
                    same ? $"the edge listens on {listen} twice (line {first.Span.Line})" : $"the edge listens on {listen}, but {first} (line {first.Span.Line}) already has port {listen.Port} there",
                    same ? "remove one of the two" : "use another port, or remove one of the two");
            }
        }
    }

    /// <summary>0.0.0.0 is every IPv4 address; [::] is every address of both kinds.</summary>
    private static bool Overlap(ListenSpec one, ListenSpec other)
    {
        return one.Port == other.Port && (one.Address == other.Address || Covers(one, other) || Covers(other, one));

        static bool Covers(
            ListenSpec wide,
            ListenSpec narrow) => wide.Address == "::" || (wide.Address == "0.0.0.0" && !narrow.Address.Contains(':', StringComparison.Ordinal));
    }
}
