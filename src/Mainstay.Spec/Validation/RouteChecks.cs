using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Validation;

/// <summary>Every route leads to a service, and no two are for the same requests.</summary>
internal static class RouteChecks
{
    public static void Run(StackSpec stack, Declared declared, ReadContext context)
    {
        var seen = new Dictionary<(string?, string), RouteSpec>();
        foreach (var route in stack.Routes)
        {
            CheckService(route, declared, context);
            if (!seen.TryAdd((route.Host, route.Path), route))
            {
                var first = seen[(route.Host, route.Path)];
                context.Report(
                    ManifestCodes.DuplicateRoute,
                    route.Span,
                    $"this route is for {Requests(route)}, as the route to \"{first.Service}\" in line {first.Span.Line} already is",
                    "give one of them another host or path, or remove it");
            }
        }

        if (!stack.Routes.IsEmpty && stack.Edge.Listen.IsEmpty)
        {
            context.Warn(ManifestCodes.RoutesWithoutEdge, stack.Routes[0].Span, "there are routes, but the edge listens nowhere, so that no request can come in", "add for example \"edge: { listen: [ \"http://127.0.0.1:8080\" ] }\"");
        }
    }

    private static void CheckService(RouteSpec route, Declared declared, ReadContext context)
    {
        // Empty: the route's service was missing or unreadable, and reported.
        if (route.Service.Value.Length == 0 || declared.IsService(route.Service))
        {
            return;
        }

        var near = NearestWord.To(route.Service.Value, declared.Services);
        var (what, fix) = declared.IsExternal(route.Service)
            ? ($"a route leads to \"{route.Service}\", which is external; the edge passes requests to services only", "name a service, or remove the route")
            : ($"a route leads to \"{route.Service}\", which is no service", near is null ? $"declare \"{route.Service}\" under services, or remove the route" : $"write \"{near}\", or declare \"{route.Service}\" under services");
        context.Report(ManifestCodes.RouteToUnknownService, route.Span with { Path = $"{route.Span.Path}.service" }, what, fix);
    }

    private static string Requests(RouteSpec route) => route.Host is null ? $"path {route.Path}" : $"host {route.Host} and path {route.Path}";
}
