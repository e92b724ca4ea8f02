using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Simulation.Tests.World;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Services;

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

    [Fact]
    public void A_report_that_cannot_be_made_ends_the_operation_and_the_next_has_its_turn()
    {
        _stage.World.ExpectsFaults = true;
        _stage.World.Explain = _ => throw new InvalidOperationException("no such signature");

        var result = _stage.Up(_stage.Service("web", SimProgram.DiesAtOnce));
        Assert.Equal((ExitCode.Failed, "up met a fault of Mainstay's own (no such signature); what it set in motion goes on"), (result.ExitCode, result.Summary));

        Assert.Equal(ExitCode.Done, _stage.Act(ActionVerb.Stop, "web").ExitCode);
    }

    [Fact]
    public void A_change_that_throws_ends_the_operation_and_the_next_has_its_turn()
    {
        _stage.World.ExpectsFaults = true;
        _stage.Up(_stage.Service("web", SimProgram.Good));

        var result = _stage.Act((ActionVerb)99, "web");
        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.Contains("a fault of Mainstay's own", result.Summary, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Done, _stage.Act(ActionVerb.Restart, "web").ExitCode);
    }

    [Fact]
    public void A_listener_that_throws_stops_no_start()
    {
        var wanted = _stage.Manifests.Make([_stage.Service("web", SimProgram.Good)]);

        var result = _stage.Act(s => s.ApplyAsync(wanted, [], _ => throw new InvalidOperationException("the client went away"), CancellationToken.None));

        Assert.Equal((ExitCode.Done, InstancePhase.Running), (result.ExitCode, _stage.Status("web").State));
    }

    [Fact]
    public void A_service_that_cannot_be_planned_does_not_keep_the_others_from_it()
    {
        // Decisions are plugged in when a daemon starts.
        _stage.World.ExpectsFaults = true;
        _stage.World.DecideService = (record, seen, holdMax) =>
            record.Name.Value == "a" ? throw new InvalidOperationException("no such cell") : ServicePlanner.Plan(record, seen, holdMax);
        _stage.World.KillDaemon("as the story goes");
        _stage.Run(1);

        _stage.Begin(s => s.ApplyAsync(_stage.Manifests.Make([_stage.Service("a", SimProgram.Good), _stage.Service("b", SimProgram.Good)]), [], _ => { }, CancellationToken.None));
        _stage.Run(10);

        Assert.Equal((InstancePhase.Running, 0), (_stage.Status("b").State, _stage.Pids("a").Length));
    }

    [Fact]
    public void An_instance_whose_pipes_and_socket_cannot_be_taken_over_is_kept_running_and_keeps_no_other_from_it()
    {
        var talker = _stage.Service("talker", SimProgram.Good) with { Healthcheck = new(new NotifyProbeSpec(), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1), 3, TimeSpan.FromSeconds(4), TimeSpan.FromMilliseconds(200)) };
        _stage.Up(talker, _stage.Service("web", SimProgram.Good));
        var pids = (_stage.Pids("talker"), _stage.Pids("web"));

        _stage.World.CannotTakeOver.Add("talker");
        _stage.World.KillDaemon("as the story goes");
        _stage.Run(5);

        Assert.Equal((InstancePhase.Running, InstancePhase.Running), (_stage.Status("talker").State, _stage.Status("web").State));
        Assert.Equal((pids.Item1[0], pids.Item2[0]), (_stage.Status("talker").Instances[0].Pid, _stage.Status("web").Instances[0].Pid));
    }
}
