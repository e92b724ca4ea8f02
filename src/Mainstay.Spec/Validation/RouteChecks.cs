using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Parsing.Shapes;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Validation;

/// <summary>Every route leads to a service, and no two are for the same requests.</summary>
internal static class RouteChecks
{
    public static void Run(StackSpec stack, StackDraft draft, Declared declared, ReadContext context)
    {
        var seen = new Dictionary<(string?, string), RouteSpec>();
        foreach (var (route, servicePlace, isReadable, _) in draft.Routes)
        {
            CheckService(route.Service, servicePlace, declared, context);
            if (isReadable && !seen.TryAdd((route.Host, route.Path), route))
            {
                var first = seen[(route.Host, route.Path)];
                context.Report(
                    ManifestCodes.DuplicateRoute,
                    route.Span,
                    $"this route is for {Requests(route)}, as the route to \"{first.Service}\" in line {first.Span.Line} already is",
                    "give one of them another host or path, or remove it");
            }
        }

        if (!stack.Routes.IsEmpty && stack.Edge.Listen.IsEmpty && !declared.IsAttempted("edge", "listen"))
        {
            context.Warn(
                ManifestCodes.RoutesWithoutEdge,
                stack.Routes[0].Span,
                "there are routes, but the edge listens nowhere, so that no request can come in",
                "add for example \"edge: { listen: [ \"http://127.0.0.1:8080\" ] }\"");
        }
    }

    private static void CheckService(ServiceName service, SourceSpan place, Declared declared, ReadContext context)
    {
        // Empty: the route's service was missing or unreadable, and reported.
        if (service.Value.Length == 0 || declared.IsService(service))
        {
            return;
        }

        var near = NearestWord.To(service.Value, declared.Services);
        var (what, fix) = declared.IsExternal(service)
            ? ($"a route leads to \"{service}\", which is external; the edge passes requests to services only", "name a service, or remove the route")
            : (
                $"a route leads to \"{service}\", which is no service",
                near is null ? $"declare \"{service}\" under services, or remove the route" : $"write \"{near}\", or declare \"{service}\" under services");
        context.Report(ManifestCodes.RouteToUnknownService, place, what, fix);
    }

    private static string Requests(RouteSpec route) => route.Host is null ? $"path {route.Path}" : $"host {route.Host} and path {route.Path}";
}
