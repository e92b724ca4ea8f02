namespace Mainstay.Edge.Traffic;

/// <summary>Least requests in flight; ties go round; an instance that just refused a connection comes last.</summary>
internal static class Balancer
{
    /// <param name="turn">Where to begin, so that equals are taken in turn.</param>
    /// <param name="avoid">Was tried for this request already; taken only when it is the only one left.</param>
    /// <returns>Null when there is no instance at all.</returns>
    public static InstanceTraffic? Choose(InstanceTraffic[] ready, uint turn, long now, long suspicionTicks, InstanceTraffic? avoid = null, bool webSocket = false)
    {
        if (ready.Length <= 1)
        {
            return ready.Length == 0 ? null : ready[0];
        }

        InstanceTraffic? best = null;
        var bestLoad = int.MaxValue;
        var start = (int)(turn % (uint)ready.Length);
        for (var i = 0; i < ready.Length; i++)
        {
            var at = start + i;
            var candidate = ready[at >= ready.Length ? at - ready.Length : at];
            var load = webSocket ? candidate.WebSockets : candidate.Requests;
            if (candidate.IsSuspect(now, suspicionTicks) || candidate == avoid)
            {
                load = Last(load, candidate == avoid);
            }

            if (load < bestLoad)
            {
                (best, bestLoad) = (candidate, load);
            }
        }

        return best;
    }

    // Above every real load, below int.MaxValue, and still least-loaded-first among themselves.
    private static int Last(int load, bool avoided) => (avoided ? 1 << 30 : 1 << 29) + Math.Min(load, (1 << 29) - 1);
}
