using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Simulation.Tests.World;
using Mainstay.Spec.Model;

namespace Mainstay.Simulation.Tests;

/// <summary>Reloads, told one by one.</summary>
public class ReloadStories
{
    private readonly Stage _stage = new();

    [Fact]
    public void A_reload_replaces_every_process_and_never_has_fewer_ready_ones()
    {
        var web = _stage.Service("web", SimProgram.Good, instances: 3);
        Assert.Equal("1 service ready", _stage.Up(web).Summary);
        var before = _stage.Pids("web");
        _stage.World.Invariants.Floor["web"] = 3;

        var result = _stage.Act(ActionVerb.Reload, "web");

        Assert.Equal(ExitCode.Done, result.ExitCode);
        Assert.Equal(3, _stage.Pids("web").Length);
        Assert.Empty(before.Intersect(_stage.Pids("web")));
        Assert.Equal(["web-1", "web-2", "web-3"], _stage.Status("web").Instances.Select(i => i.Id));
    }

    [Theory]
    [InlineData("dies at once", "web-1 exited with code 1 after")]
    [InlineData("never listens", "web-1 was not ready within 13 s")]
    public void A_release_that_does_not_become_ready_replaces_nothing(string program, string cause)
    {
        var web = _stage.Service("web", SimProgram.Good, instances: 2);
        _stage.Up(web);
        var (pids, release) = (_stage.Pids("web"), _stage.Status("web").Release);
        _stage.World.Invariants.Floor["web"] = 2;

        var result = _stage.Up(_stage.Manifests.With(web, SimProgram.Broken.Single(p => p.Name == program)));

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.Contains(cause, result.Summary, StringComparison.Ordinal);
        Assert.StartsWith("2 of 2 instances of the release from before serve on", Assert.Single(result.Failures).Kept, StringComparison.Ordinal);
        Assert.Equal(pids, _stage.Pids("web"));
        Assert.Equal(release, _stage.Status("web").Release);

        var starts = _stage.World.Invariants.Spawns;
        _stage.Run(600);
        Assert.Equal(starts, _stage.World.Invariants.Spawns);
    }

    [Fact]
    public void A_release_that_fails_in_its_second_slot_is_taken_back_from_the_first()
    {
        var web = _stage.Service("web", SimProgram.Good, instances: 2);
        _stage.Up(web);
        var release = _stage.Status("web").Release;
        _stage.World.Invariants.Floor["web"] = 2;

        // It boots once; then, as when two of a kind do not fit on one machine, the next does not.
        var fickle = _stage.Manifests.With(web, SimProgram.Good);
        var index = _stage.World.Programs.Count - 1;
        var operation = _stage.Begin(s => s.ApplyAsync(_stage.Manifests.Make([fickle]), [], _ => { }, CancellationToken.None));
        while (_stage.World.Invariants.Spawns < 4)
        {
            _stage.World.Programs[index] = _stage.World.Invariants.Spawns >= 3 ? SimProgram.DiesAtOnce : SimProgram.Good;
            _stage.Run(0.01);
        }

        _stage.Run(60);

        Assert.Equal(ExitCode.Failed, operation.Result.ExitCode);
        Assert.Equal([release, release], _stage.Status("web").Instances.Select(i => i.Release));
        Assert.All(_stage.Status("web").Instances, i => Assert.Equal(InstancePhase.Running, i.State));
    }

    [Fact]
    public void On_a_fixed_port_requests_are_held_over_the_gap()
    {
        var db = _stage.Service("db", SimProgram.Good, new(PortKind.Fixed, 5432));
        _stage.Up(db);
        var operation = _stage.Begin(s => s.ActAsync(new(ActionVerb.Reload, []), _ => { }, CancellationToken.None));

        var gap = 0;
        while (!operation.IsThere)
        {
            _stage.Run(0.005);
            if (_stage.Processes("db").All(p => !p.IsListening))
            {
                gap++;
                Assert.True(_stage.World.Edge.Told["db"].Hold);
            }
        }

        Assert.True(gap > 0);
        Assert.False(_stage.World.Edge.Told["db"].Hold);
        Assert.Equal(InstancePhase.Running, _stage.Status("db").State);
    }

    [Fact]
    public void On_a_fixed_port_a_release_that_fails_gives_the_port_back_while_requests_are_still_held()
    {
        var db = _stage.Service("db", SimProgram.Good, new(PortKind.Fixed, 5432));
        _stage.Up(db);
        var release = _stage.Status("db").Release;
        var operation = _stage.Begin(s => s.ApplyAsync(_stage.Manifests.Make([_stage.Manifests.With(db, SimProgram.DiesAtOnce)]), [], _ => { }, CancellationToken.None));

        while (!operation.IsThere)
        {
            _stage.Run(0.005);
            Assert.True(_stage.World.Edge.Told["db"].Hold || _stage.Processes("db").Any(p => p.IsListening));
        }

        var result = operation.Result;
        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.StartsWith("db was not replaced: db-1 exited with code 1", result.Summary, StringComparison.Ordinal);
        Assert.Equal((InstancePhase.Running, release), (_stage.Status("db").State, _stage.Status("db").Release));
        Assert.False(_stage.World.Edge.Told["db"].Hold);
    }

    [Fact]
    public void When_the_way_back_fails_too_nothing_is_held_and_both_causes_are_told()
    {
        var db = _stage.Service("db", SimProgram.Good, new(PortKind.Fixed, 5432));
        _stage.Up(db);
        _stage.World.Programs[0] = SimProgram.DiesAtOnce;

        var result = _stage.Up(_stage.Manifests.With(db, SimProgram.DiesAtOnce));

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.False(_stage.World.Edge.Told["db"].Hold);
        _stage.Run(300);
        Assert.Equal(InstancePhase.Parked, _stage.Status("db").State);
    }

    [Fact]
    public void A_worker_that_nobody_can_ask_is_replaced_in_place_and_one_at_a_time()
    {
        var worker = _stage.Service("worker", SimProgram.Good, new(PortKind.None), instances: 2);
        _stage.Up(worker);
        var operation = _stage.Begin(s => s.ActAsync(new(ActionVerb.Reload, []), _ => { }, CancellationToken.None));

        var most = 0;
        while (!operation.IsThere)
        {
            _stage.Run(0.005);
            most = Math.Max(most, _stage.Processes("worker").Length);
        }

        Assert.Equal(2, most);
    }

    [Fact]
    public void What_never_ran_is_simply_replaced()
    {
        var web = _stage.Service("web", SimProgram.DiesAtOnce, instances: 2);
        Assert.Equal(ExitCode.Failed, _stage.Up(web).ExitCode);
        _stage.Run(120);
        Assert.Equal(InstancePhase.Parked, _stage.Status("web").State);

        Assert.Equal(ExitCode.Done, _stage.Up(_stage.Manifests.With(web, SimProgram.Good)).ExitCode);
        Assert.All(_stage.Status("web").Instances, i => Assert.Equal((InstancePhase.Running, 0), (i.State, i.Restarts)));
    }

    [Fact]
    public void A_daemon_that_dies_in_the_middle_is_followed_by_one_that_finishes()
    {
        var web = _stage.Service("web", SimProgram.Good, instances: 3);
        _stage.Up(web);
        var before = _stage.Pids("web");
        _stage.World.Invariants.Floor["web"] = 3;
        _stage.Begin(s => s.ActAsync(new(ActionVerb.Reload, []), _ => { }, CancellationToken.None));
        _stage.Run(0.3);

        _stage.World.KillDaemon("in the middle of a reload");
        _stage.Run(60);

        Assert.Equal(3, _stage.Pids("web").Length);
        Assert.Empty(before.Intersect(_stage.Pids("web")));
        _stage.World.Invariants.AtRest();
    }

    [Fact]
    public void A_change_of_policy_replaces_no_process()
    {
        var web = _stage.Service("web", SimProgram.Good, instances: 2);
        _stage.Up(web);
        var pids = _stage.Pids("web");

        var result = _stage.Up(web with { Restart = web.Restart with { MaxRestarts = 0 }, Stop = new("SIGINT", TimeSpan.FromSeconds(1)) });

        Assert.Equal(ExitCode.Done, result.ExitCode);
        Assert.Equal(pids, _stage.Pids("web"));
        _stage.World.Kernel.End(_stage.Processes("web")[0], new(1, null));
        _stage.Run(1);
        Assert.Equal(InstancePhase.Parked, _stage.Status("web").State);
    }
}
