using System.Collections.Immutable;

namespace Mainstay.Contracts.EdgeControl;

/// <summary>One line of newline-delimited JSON from the daemon to an edge worker; exactly one field is set.</summary>
public sealed record EdgeCommand(EdgeSnapshot? Snapshot = null, EdgeDrain? Drain = null, EdgeHandOver? HandOver = null);

/// <summary>One line from an edge worker to the daemon; exactly one field is set.</summary>
public sealed record EdgeReport(EdgeHello? Hello = null, EdgeApplied? Applied = null, EdgeInFlight? InFlight = null, EdgeDrained? Drained = null, EdgeListeners? Listeners = null, EdgeCounts? Counts = null);

/// <summary>Everything the edge needs to route, whole and immutable. A higher version replaces a lower one; nothing is merged.</summary>
/// <param name="Version">Grows by one with every snapshot of a home, also across daemons.</param>
public sealed record EdgeSnapshot(
    long Version,
    string Stack,
    ImmutableArray<EdgeRoute> Routes,
    ImmutableArray<EdgeService> Services,
    ImmutableArray<EdgeCertificate> Certificates,
    ImmutableArray<string> TrustedProxies,
    string? ErrorPages,
    double WsDrainS,
    ImmutableArray<EdgeSwitch> Switches = default)
{
    /// <summary>None from a daemon that knew of none.</summary>
    public ImmutableArray<EdgeSwitch> Switches { get; init; } = Switches.IsDefault ? [] : Switches;
}

public sealed record EdgeRoute(string? Host, string Path, string Service, bool StripPrefix, double TimeoutS, EdgeGuards? Guards = null);

/// <summary>What a route checks before it passes a request on.</summary>
/// <param name="Shared">Routes with the same name count together; null: this route alone.</param>
public sealed record EdgeGuards(string? Shared, ImmutableArray<EdgeRateLimit> RateLimits, EdgeSwitchGuard? Switch, EdgeIdempotency? Idempotency = null);

/// <param name="Scope">Whose keys are told apart, as the keys of a rate limit; empty: one key is one for all.</param>
public sealed record EdgeIdempotency(double TtlS, bool Required, ImmutableArray<string> Scope, int Ipv6Prefix, long MaxBody);

/// <param name="Keys"><c>route</c>, <c>client_ip</c> or <c>header:name</c>; each combination counts by itself.</param>
/// <param name="Fallback">The key of requests without the header, or <c>client_ip</c>.</param>
public sealed record EdgeRateLimit(ImmutableArray<string> Keys, int Count, double PerS, int Burst, string? Fallback, int Ipv6Prefix);

/// <param name="Body">Null: the edge's own answer.</param>
/// <param name="Service">Answers instead; null: the edge does.</param>
public sealed record EdgeSwitchGuard(string Name, int Status, string? Body, string ContentType, double RetryAfterS, string? Service);

/// <summary>How a switch stands.</summary>
/// <param name="UntilUnixMs">From then on it is as <paramref name="Default"/>; null: until it is set again.</param>
public sealed record EdgeSwitch(string Name, bool On, bool Default, long? UntilUnixMs);

/// <param name="Hold">Requests wait at the edge (bounded in count, bytes and time) instead of being refused while no instance is ready.</param>
/// <param name="Because">Why no instance is ready, for the edge's log and the Retry-After answer; never shown to clients.</param>
/// <param name="Canary">Which requests candidates get; null: none.</param>
/// <param name="EndsItsSockets">An instance that leaves closes its WebSockets itself, when it is their time; the edge leaves them alone.</param>
/// <param name="HasCalls">Its WebSockets are telephone calls, which cannot be moved: a worker that is replaced keeps them for <see cref="EdgeDrain.CallDrainS"/>.</param>
public sealed record EdgeService(string Name, bool Hold, double HoldMaxS, ImmutableArray<EdgeInstance> Instances, string Because, EdgeCanary? Canary = null, bool EndsItsSockets = false, bool HasCalls = false);

/// <summary>A request with the header or the cookie goes to a candidate; of all others <paramref name="Percent"/> in a hundred clients, always the same ones.</summary>
public sealed record EdgeCanary(double Percent, string? HeaderName, string? HeaderValue, string? CookieName, string? CookieValue);

/// <param name="Id">Unique per process, e.g. <c>api-1.r7</c>: a successor on the same port is another instance.</param>
/// <param name="Draining">Gets no new request; what is in flight finishes.</param>
/// <param name="Candidate">Gets requests by the service's canary rule only; when all other instances are away, still none.</param>
public sealed record EdgeInstance(string Id, string Address, int Port, bool Draining, bool Candidate = false);

/// <summary>Paths of PEM files; read again when <paramref name="Stamp"/> changes.</summary>
public sealed record EdgeCertificate(string Host, string CertFile, string KeyFile, string Stamp);

/// <summary>This worker is being replaced: accept nothing more, finish what is in flight, then exit.</summary>
/// <param name="WsDrainS">How long WebSockets may stay.</param>
/// <param name="CallDrainS">And those of services that have calls.</param>
public sealed record EdgeDrain(double IdleGraceS, double DrainTimeoutS, double WsDrainS, double CallDrainS = 0);

/// <summary>Send the listening sockets (SCM_RIGHTS) on this connection, in the order of the following <see cref="EdgeListeners"/> line.</summary>
public sealed record EdgeHandOver;

public sealed record EdgeHello(int Pid, string Version, long SnapshotVersion);

/// <summary>Snapshot <paramref name="Version"/> decides every request accepted from now on.</summary>
public sealed record EdgeApplied(long Version);

/// <summary>What still runs on draining or removed instances; sent on every change, and once with zero counts when an instance is idle.</summary>
public sealed record EdgeInFlight(string Instance, int Requests, int WebSockets);

/// <summary>What the worker has counted since its start, of what has changed since its last report; each second at most, in as many lines as it takes.</summary>
public sealed record EdgeCounts(ImmutableArray<EdgeInstanceCounts> Instances, ImmutableArray<EdgeServiceCounts> Services);

/// <param name="Requests">Tries at the instance that have ended; a WebSocket when its handshake was answered.</param>
/// <param name="Failures">Of those, answered with 5xx, or not answered or not to the end by the instance, also when another one then answered.</param>
/// <param name="Latency">Answered requests by the time from sending to the head of the response: bucket i is below 0.5 ms × 1.25^i, the last (57th) is open. Trailing zeroes are left out.</param>
public sealed record EdgeInstanceCounts(string Service, string Instance, long Requests, long Failures, ImmutableArray<long> Latency);

/// <param name="Requests">All that were routed to the service, however they ended.</param>
/// <param name="EdgeFailures">Of those, the ones that the edge itself answered with 502, 503 or 504.</param>
/// <param name="DowntimeS">Seconds in which the service had a route, no ready instance but candidates, and no hold; not while the worker drains.</param>
/// <param name="Refused">By its guards.</param>
/// <param name="LongestHoldS">The longest that one request waited, in seconds.</param>
public sealed record EdgeServiceCounts(string Service, long Requests, long EdgeFailures, double DowntimeS, double LongestHoldS, long Refused = 0);

/// <summary>The worker has nothing in flight any more and exits.</summary>
public sealed record EdgeDrained(int CutRequests, int CutWebSockets);

/// <summary>The addresses of the handed-over sockets, one per descriptor, in order.</summary>
public sealed record EdgeListeners(ImmutableArray<string> Addresses);
