using Mainstay.Edge.Traffic;

namespace Mainstay.Edge.Routing;

/// <summary>One service as one snapshot sees it.</summary>
internal sealed record ServiceView(ServiceTraffic Traffic, InstanceTraffic[] Ready, bool Hold, TimeSpan HoldMax, string Because)
{
    public bool MustWait => Hold && Ready.Length == 0;
}
