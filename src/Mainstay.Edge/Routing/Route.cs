using Mainstay.Edge.Guards;

namespace Mainstay.Edge.Routing;

/// <summary>A route as requests meet it.</summary>
/// <param name="Prefix">What strip_prefix removes; empty when nothing is removed.</param>
/// <param name="Timeout">How long the upstream may be silent, in timestamps of the worker's clock.</param>
/// <param name="Guards">Null: it has none.</param>
/// <param name="StandIn">The service that answers while the route's switch is off; null: none does.</param>
internal sealed record Route(ServiceView Service, string Prefix, long Timeout, RouteGuards? Guards = null, ServiceView? StandIn = null);
