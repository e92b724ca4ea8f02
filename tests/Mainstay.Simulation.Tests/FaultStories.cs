using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Simulation.Tests.World;

namespace Mainstay.Simulation.Tests;

/// <summary>What the host refuses, and what is broken in Mainstay itself, stays with the one thing that it concerns.</summary>
public class FaultStories
{
    private readonly Stage _stage = new();

    [Fact]
    public void An_exit_is_not_lost_when_what_is_left_of_it_cannot_be_killed()
    {
        _stage.Up(_stage.Service("web", SimProgram.Good));
        _stage.World.KillsFail = true;

        _stage.World.Kernel.End(_stage.Processes("web")[0], new(1, null));
        _stage.Run(10);

        Assert.Equal((InstancePhase.Running, 1), (_stage.Status("web").State, _stage.Status("web").Instances[0].Restarts));
        Assert.Single(_stage.Pids("web"));
    }

    [Fact]
    public void A_kill_that_fails_is_tried_again()
    {
        _stage.Up(_stage.Service("web", SimProgram.Stubborn));
        _stage.World.KillsFail = true;
        var stopped = _stage.Begin(s => s.ActAsync(new(ActionVerb.Stop, []), _ => { }, CancellationToken.None));
        _stage.Run(60);
        Assert.False(stopped.IsThere);

        _stage.World.KillsFail = false;
        _stage.Run(10);

        Assert.Equal(ExitCode.Done, stopped.Result.ExitCode);
        Assert.Empty(_stage.Pids("web"));
    }
}
