namespace Mainstay.Edge.Traffic;

/// <summary>Least in flight; ties go round; an instance that just refused a connection comes last.</summary>
internal sealed class Balancer(EdgeLimits limits, TimeProvider time)
{
    private readonly long _suspicion = (long)(limits.Suspicion.TotalSeconds * time.TimestampFrequency);

    /// <summary>Null when no instance is ready.</summary>
    public InstanceTraffic? Choose(InstanceTraffic[] ready, ServiceTraffic service, InstanceTraffic? avoid, bool webSocket) => ready.Length <= 1
        ? ready.Length == 0 ? null : ready[0]
        : Choose(ready, service.NextTurn(), time.GetTimestamp(), _suspicion, avoid, webSocket);

    public bool IsSuspect(InstanceTraffic instance) => instance.IsSuspect(time.GetTimestamp(), _suspicion);

    /// <param name="turn">Where to begin, so that equals are taken in turn.</param>
    /// <param name="avoid">Was tried for this request already; taken only when it is the only one left.</param>
    /// <param name="webSocket">Balance by open WebSockets instead of requests.</param>
    public static InstanceTraffic? Choose(InstanceTraffic[] ready, uint turn, long now, long suspicion, InstanceTraffic? avoid, bool webSocket)
    {
        InstanceTraffic? best = null;
        var bestLoad = int.MaxValue;
        for (var i = 0; i < ready.Length; i++)
        {
            var candidate = ready[(int)((turn + (uint)i) % (uint)ready.Length)];
            var load = webSocket ? candidate.WebSockets : candidate.Requests;
            if (candidate == avoid)
            {
                load = Behind(load, 1 << 30);
            }
            else if (candidate.IsSuspect(now, suspicion))
            {
                load = Behind(load, 1 << 29);
            }

            if (load < bestLoad)
            {
                (best, bestLoad) = (candidate, load);
            }
        }

        return best;
    }

    // Above every real load, and still least-loaded-first among themselves.
    private static int Behind(int load, int rank) => rank + Math.Min(load, (1 << 29) - 1);
}
