using Mainstay.Contracts.Rollouts;
using Mainstay.Simulation.Tests.World;

namespace Mainstay.Simulation.Tests;

/// <summary>The way back of a rollout is not negotiable: what stands in its way holds it up, and does not end it.</summary>
public class WayBackStories
{
    private readonly RolloutStage _stage = new();

    [Fact]
    public void It_does_not_wait_for_a_dependency_that_is_what_failed()
    {
        var (db, api) = (_stage.Service("db"), _stage.Service("api", dependsOn: "db"));
        _stage.Serving(db, api);
        _stage.World.Invariants.HeldIsServed = true;

        var ended = _stage.Run(_stage.With(db, SimProgram.DiesLate with { DiesAfter = TimeSpan.FromSeconds(9) }), _stage.With(api, SimProgram.Good));

        Assert.Equal(RolloutPhase.RolledBack, ended.Phase);
        _stage.Rest();
        _stage.Runs(db);
        _stage.Runs(api);
    }

    [Fact]
    public void A_release_that_does_not_come_back_at_once_is_wanted_all_the_same()
    {
        var api = _stage.Service("api", instances: 2);
        _stage.Serving(api);
        _stage.World.Invariants.HeldIsServed = true;
        _stage.When(StepKind.Undo, () => _stage.World.SpawnFailures = 1);
        _stage.Begin(_stage.With(api, SimProgram.Failing));
        _stage.RunUntil(() => _stage.Last.Phase is RolloutPhase.Undoing);
        _stage.Run(0.7);
        _stage.World.SpawnFailures = 0;

        Assert.Equal(RolloutPhase.RolledBack, _stage.RunToEnd().Phase);

        _stage.Rest();
        _stage.Runs(api);
    }

    [Fact]
    public void A_full_disk_holds_it_up_and_it_goes_on_when_there_is_room()
    {
        var api = _stage.Service("api", instances: 2);
        _stage.Serving(api);
        _stage.World.Invariants.HeldIsServed = true;
        _stage.When(StepKind.Undo, () => _stage.World.Journal.IsFull = true);
        _stage.Begin(_stage.With(api, SimProgram.Failing));
        _stage.RunUntil(() => _stage.Last.Phase is RolloutPhase.Undoing);
        _stage.Run(30);
        Assert.False(_stage.Last.HasEnded);
        _stage.World.Journal.IsFull = false;

        Assert.Equal(RolloutPhase.RolledBack, _stage.RunToEnd().Phase);

        _stage.Rest();
        _stage.Runs(api);
    }
}
