using Mainstay.Supervisor.Ports;

namespace Mainstay.Simulation.Tests.World;

/// <summary>The edge: it outlives daemons and serves on by what it was last told.</summary>
internal sealed class SimEdge(SimWorld world)
{
    public Dictionary<string, ServiceTraffic> Told { get; } = [];

    /// <summary>Somebody listens to what the edge is told.</summary>
    public Action<ServiceTraffic> Heard { get; set; } = _ => { };

    public ITraffic For(Life life) => new Link(this, life, world);

    private sealed class Link(SimEdge edge, Life life, SimWorld world) : ITraffic
    {
        public async Task PublishAsync(ServiceTraffic traffic, CancellationToken token)
        {
            life.Pass("before publish");
            if (world.Happens(world.PublishFailures))
            {
                throw new IOException("the edge went away");
            }

            edge.Told[traffic.Service.Value] = traffic;
            edge.Heard(traffic);
            world.Rollouts?.Invariants.Published(traffic);
            world.Invariants.Published(traffic);
            await Task.Delay(world.Vary(TimeSpan.FromMilliseconds(2)), life.Time, token);
            life.Pass("after publish");
        }

        public async Task<DrainOutcome> DrainedAsync(string endpointId, TimeSpan deadline, CancellationToken token)
        {
            life.Pass("drain");
            var needs = world.Happens(0.1) ? deadline : world.Vary(TimeSpan.FromMilliseconds(300));
            await Task.Delay(needs < deadline ? needs : deadline, life.Time, token);
            return new(needs < deadline, needs < deadline ? 0 : 1, 0);
        }
    }
}
