namespace Mainstay.Edge.Routing;

/// <summary>A route as requests meet it.</summary>
/// <param name="Prefix">What strip_prefix removes; empty when nothing is removed.</param>
/// <param name="Timeout">How long the upstream may be silent, in timestamps of the worker's clock.</param>
internal sealed record Route(ServiceView Service, string Prefix, long Timeout);
