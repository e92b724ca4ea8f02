using Mainstay.Simulation.Tests.World;

namespace Mainstay.Simulation.Tests;

/// <summary>Histories of homes that live by rollouts. MAINSTAY_SEED=n runs one and prints its story; MAINSTAY_SEEDS=n says how many.</summary>
public class RolloutSimulationTests
{
    [Fact]
    public void Every_rollout_ends_in_old_or_new_whatever_happens() => Histories.Run("rough rollouts", count: 400, world => new RolloutHistory(world).Rough());

    [Fact]
    public void No_rollout_costs_a_ready_instance_whatever_the_release_and_whenever_the_daemon_dies() => Histories.Run("calm rollouts", count: 400, world => new RolloutHistory(world).Calm());

    [Fact]
    public void One_seed_is_one_history()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            Histories.Try(seed, world => new RolloutHistory(world).Rough(), isTalkative: true, out var once);
            Histories.Try(seed, world => new RolloutHistory(world).Rough(), isTalkative: true, out var again);
            Assert.Equal(once.Story, again.Story);
        }
    }
}
