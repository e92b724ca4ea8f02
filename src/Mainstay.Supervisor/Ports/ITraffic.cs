using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Ports;

/// <summary>Where the services' traffic is decided. The daemon plugs the edge in here; without an edge, publishing is instant and drains are empty.</summary>
public interface ITraffic
{
    /// <summary>Says which processes of a service may get requests. Completes when every running edge worker decides by it, or when there is none to ask. The last call wins.</summary>
    Task PublishAsync(ServiceTraffic traffic, CancellationToken token);

    /// <summary>Completes when the process has no request and no WebSocket left at the edge, or when <paramref name="deadline"/> is over. Only for endpoints published as draining.</summary>
    Task<DrainOutcome> DrainedAsync(string endpointId, TimeSpan deadline, CancellationToken token);
}

/// <param name="Hold">Let requests wait at the edge, at most <paramref name="HoldMax"/>, while no endpoint is ready.</param>
public sealed record ServiceTraffic(ServiceName Service, bool Hold, TimeSpan HoldMax, ImmutableArray<TrafficEndpoint> Endpoints, string Because);

/// <param name="Id">Unique per process: a successor on the same port is another endpoint.</param>
/// <param name="Candidate">It is ready beside what serves and has not taken over: it gets requests only by a canary's rule.</param>
public sealed record TrafficEndpoint(string Id, int Port, bool Draining, bool Candidate = false);

public readonly record struct DrainOutcome(bool Idle, int RequestsLeft, int WebSocketsLeft);
