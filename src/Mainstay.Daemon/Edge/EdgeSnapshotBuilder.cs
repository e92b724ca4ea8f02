using System.Collections.Immutable;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Daemon.Edge;

/// <summary>Puts the manifest's routes and the supervisor's endpoints together into what an edge worker decides by. Pure.</summary>
internal static class EdgeSnapshotBuilder
{
    public static EdgeSnapshot Build(
        long version,
        StackSpec stack,
        IReadOnlyDictionary<ServiceName, ServiceTraffic> traffic,
        IReadOnlyDictionary<ServiceName, CanarySpec> canaries,
        ImmutableArray<EdgeSwitch> switches,
        Func<CertificateSpec, string> stamp) => new(
            version,
            stack.Name.Value,
            [.. stack.Routes.Select(r => new EdgeRoute(r.Host, r.Path, r.Service.Value, r.StripPrefix, r.Timeout.TotalSeconds, Guards(r.Guards)))],
            [.. Named(stack, traffic).Select(name => Service(name, stack.Services.FirstOrDefault(s => s.Name == name)?.Kind, traffic.GetValueOrDefault(name), canaries.GetValueOrDefault(name)))],
            [.. stack.Edge.Certificates.Select(c => new EdgeCertificate(c.Host, c.CertFile, c.KeyFile, stamp(c)))],
            stack.Edge.TrustedProxies,
            stack.Edge.ErrorPages,
            stack.Edge.WsDrain.TotalSeconds,
            switches);

    /// <summary>Those with routes, and those with endpoints: what is in flight when its route leaves the manifest can only be waited for by name.</summary>
    private static IEnumerable<ServiceName> Named(StackSpec stack, IReadOnlyDictionary<ServiceName, ServiceTraffic> traffic) =>
        stack.Routes.Select(r => r.Service)
            .Concat(stack.Routes.Select(r => r.Guards?.Switch?.Off.Service).OfType<ServiceName>())
            .Concat(traffic.Values.Where(t => !t.Endpoints.IsEmpty).Select(t => t.Service).OrderBy(name => name.Value, StringComparer.Ordinal))
            .Distinct();

    private static EdgeGuards? Guards(GuardsSpec? guards) => guards is null ? null : new(
        guards.Shared,
        [.. guards.RateLimits.Select(l => new EdgeRateLimit([.. l.Keys.Select(Word)], l.Count, l.Per.TotalSeconds, l.Burst, l.Fallback, l.Ipv6Prefix))],
        guards.Switch is { } s ? new(s.Name, s.Off.Status, s.Off.Body, s.Off.ContentType, s.Off.RetryAfter?.TotalSeconds ?? 0, s.Off.Service?.Value) : null,
        guards.Idempotency is { } once ? new(once.Ttl.TotalSeconds, once.IsRequired, [.. once.Scope.Select(Word)], Ipv6Prefix, once.MaxBody) : null);

    private const int Ipv6Prefix = 56;

    private static string Word(LimitKeySpec key) => key.Kind switch
    {
        LimitKeyKind.Route => "route",
        LimitKeyKind.ClientIp => "client_ip",
        LimitKeyKind.Header => $"header:{key.Name}",
    };

    private static EdgeService Service(ServiceName name, ServiceKind? kind, ServiceTraffic? traffic, CanarySpec? canary) => new(
        name.Value,
        traffic?.Hold ?? false,
        traffic?.HoldMax.TotalSeconds ?? 0,
        [.. (traffic?.Endpoints ?? []).Select(e => new EdgeInstance(e.Id, "127.0.0.1", e.Port, e.Draining, e.Candidate))],
        traffic?.Because ?? "was never started",
        canary is null ? null : new(canary.Percent, canary.Header?.Name, canary.Header?.Value, canary.Cookie?.Name, canary.Cookie?.Value),
        EndsItsSockets: kind is ServiceKind.Ingest or ServiceKind.Hub,
        HasCalls: kind is ServiceKind.Ingest);
}
