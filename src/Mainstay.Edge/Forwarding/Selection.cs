using Mainstay.Edge.Routing;
using Mainstay.Edge.Traffic;

namespace Mainstay.Edge.Forwarding;

/// <summary>Which instance gets a request next. A candidate gets what the canary's rule takes, and one try at it; after that the request is one like all others.</summary>
internal sealed class Selection(Balancer balancer)
{
    /// <summary>Null when no instance is ready.</summary>
    public InstanceTraffic? Choose(EdgeRequest request, RoutingState state, ServiceView service, Tries tries)
    {
        tries.AtCandidate = false;
        if (service is { Candidates.Length: > 0, Canary: { } rule }
            && !tries.CandidateFailed
            && rule.Takes(request, state.Trusted)
            && balancer.Choose(service.Candidates, service.Traffic, null, tries.WebSocket) is { } candidate
            && (service.Ready.Length == 0 || !balancer.IsSuspect(candidate)))
        {
            tries.AtCandidate = true;
            return candidate;
        }

        return balancer.Choose(service.Ready, service.Traffic, tries.Failed, tries.WebSocket);
    }
}
