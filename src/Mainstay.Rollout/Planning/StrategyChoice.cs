using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Planning;

/// <summary>How a service will really come to its new release, and whether it serves meanwhile.</summary>
/// <param name="KeepsServing">False: somebody will be refused, or some work stands still; a rollout does that only when told to.</param>
/// <param name="Because">One sentence, said before anything begins.</param>
internal sealed record StrategyChoice(DeployStrategy Strategy, bool KeepsServing, string Because)
{
    /// <param name="from">Null when nothing serves.</param>
    /// <param name="hasRoute">Its requests come through the edge.</param>
    public static StrategyChoice Of(ServiceSpec? from, ServiceSpec to, bool hasRoute)
    {
        var deploy = to.Rollout.Deploy;
        if (from is null)
        {
            return new(DeployStrategy.Rolling, true, $"nothing serves yet; its instances start, and get their first request when all are ready, proven and verified{Weakness(to)}");
        }

        if (to.Kind is ServiceKind.Hub)
        {
            return new(DeployStrategy.Rolling, true, "a hub is one process, so the edge holds requests while the one makes way for the other; its clients are told when to come back");
        }

        if (to.Port.Kind is PortKind.Fixed && from.Port == to.Port)
        {
            return hasRoute
                ? new(DeployStrategy.Rolling, true, $"two processes cannot own port {to.Port.Number}, so the edge holds requests while the one makes way for the other")
                : new(DeployStrategy.Rolling, false, $"two processes cannot own port {to.Port.Number}, and without a route nobody holds the requests meanwhile; use port: auto or inherit, or give it a route");
        }

        if (to.Port.Kind is PortKind.None && to.Healthcheck is null)
        {
            return new(DeployStrategy.Rolling, true, "it has neither port nor healthcheck, so each process makes way for its successor; it serves no requests that could be lost");
        }

        if (deploy.MaxUnavailable >= to.Instances)
        {
            return new(deploy.Strategy, false, $"max_unavailable is {deploy.MaxUnavailable} and it has {Instances(to.Instances)}, so for a while none would serve; lower max_unavailable or run more instances");
        }

        if (deploy.MaxUnavailable > 0)
        {
            return new(deploy.Strategy, true, $"up to {Instances(deploy.MaxUnavailable)} at a time make way for their successors; the others serve");
        }

        return deploy.Strategy switch
        {
            DeployStrategy.Rolling => new(DeployStrategy.Rolling, true, $"a new instance starts beside each old one and takes over when it is ready, proven and verified{Weakness(to)}"),
            DeployStrategy.BlueGreen => new(DeployStrategy.BlueGreen, true, $"{Instances(to.Instances)} start beside the old and take over in one step{Weakness(to)}"),
            DeployStrategy.Canary => new(DeployStrategy.Canary, true, $"{Instances(CanarySize(to))} of {to.Instances} get {deploy.Canary!.Percent:0.##} % of the clients for {deploy.Canary.For.TotalSeconds:0} s and are compared with the old; then the rest follows{Weakness(to)}"),
        };
    }

    /// <summary>So many slots get a candidate at once.</summary>
    public static int BatchOf(DeployStrategy strategy, ServiceSpec to, bool first) => strategy switch
    {
        DeployStrategy.Rolling => Math.Max(1, to.Rollout.Deploy.MaxUnavailable),
        // However many there are now.
        DeployStrategy.BlueGreen => int.MaxValue,
        DeployStrategy.Canary => first ? CanarySize(to) : 1,
    };

    private static int CanarySize(ServiceSpec to) =>
        Math.Clamp((int)Math.Ceiling(to.Instances * (to.Rollout.Deploy.Canary?.Percent ?? 100) / 100), 1, to.Instances);

    private static string Weakness(ServiceSpec to) => to is { Healthcheck: null, Port.Kind: not PortKind.None } ? "; without a healthcheck ready means only that its port is open" : "";

    private static string Instances(int count) => count == 1 ? "1 instance" : $"{count} instances";
}
