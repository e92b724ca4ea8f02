using Mainstay.Simulation.Tests.World;

namespace Mainstay.Simulation.Tests;

/// <summary>
/// Thousands of histories of the whole supervisor on a fake host. MAINSTAY_SEED=n runs one and prints its story;
/// MAINSTAY_SEEDS=n says how many.
/// </summary>
public class SimulationTests
{
    [Fact]
    public void Whatever_happens_the_invariants_hold() => Histories.Run("rough", count: 2000, world => new SimHistory(world).Rough());

    [Fact]
    public void No_reload_costs_a_ready_instance_whatever_the_release_and_whenever_the_daemon_dies() => Histories.Run("smooth", count: 1000, world => new SimHistory(world).Smooth());

    [Fact]
    public void One_seed_is_one_history()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            Histories.Try(seed, world => new SimHistory(world).Rough(), isTalkative: true, out var once);
            Histories.Try(seed, world => new SimHistory(world).Rough(), isTalkative: true, out var again);
            Assert.Equal(once.Story, again.Story);
        }
    }
}
