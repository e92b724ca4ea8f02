using Mainstay.Realtime.Hub.Service;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Hub.Sockets;

/// <summary>What a connection needs of the hub.</summary>
/// <param name="Actor">The hub's one writer.</param>
/// <param name="Entry">Whom to let in.</param>
/// <param name="Limits">How long and how much.</param>
/// <param name="NewId">For sessions.</param>
/// <param name="NextNumber">For connections.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">For people.</param>
/// <param name="Heartbeat">Looks after connections that are welcome.</param>
/// <param name="Metrics">What is counted.</param>
internal sealed record ConnectionPorts(HubActor Actor, HubEntry Entry, HubLimits Limits, Func<string> NewId, Func<long> NextNumber, TimeProvider Time, ILogger Log, Heartbeat Heartbeat, HubMetrics Metrics)
{
    /// <summary>Whether ends of requests can be told.</summary>
    public bool HasWebhook { get; init; }
}
