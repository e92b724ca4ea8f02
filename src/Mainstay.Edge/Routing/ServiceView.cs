using Mainstay.Edge.Traffic;

namespace Mainstay.Edge.Routing;

/// <summary>One service as one snapshot sees it.</summary>
/// <param name="Candidates">Ready as well, and only for what the canary's rule takes.</param>
/// <param name="Canary">Null: candidates get nothing.</param>
internal sealed record ServiceView(ServiceTraffic Traffic, InstanceTraffic[] Ready, InstanceTraffic[] Candidates, CanaryRule? Canary, bool Hold, TimeSpan HoldMax, string Because)
{
    public bool MustWait => Hold && Ready.Length == 0;

    /// <summary>A request that comes now is refused.</summary>
    public bool IsDown => !Hold && Ready.Length == 0;
}
