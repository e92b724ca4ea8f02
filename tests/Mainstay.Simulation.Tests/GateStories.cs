using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Simulation.Tests.World;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Simulation.Tests;

/// <summary>Reloads that halt with their candidates until somebody has judged them: what a rollout is made of.</summary>
public class GateStories
{
    private readonly Stage _stage = new();

    [Fact]
    public void Candidates_wait_beside_what_serves_and_get_no_ordinary_traffic()
    {
        var (web, next) = Serving(instances: 2);
        var old = _stage.Pids("web");

        Assert.Equal(ExitCode.Done, Advance(next, batch: 1).ExitCode);

        Assert.True(_stage.World.Supervisor!.HasCandidates(web.Name));
        Assert.Equal(3, _stage.Pids("web").Length);
        Assert.Single(_stage.World.Edge.Told["web"].Endpoints, e => e is { Candidate: true, Draining: false });
        Assert.Equal(2, Offered());
        _stage.Run(300);
        Assert.Equal(old, _stage.Pids("web").Intersect(old).Order());
        Assert.Equal(2, Offered());
    }

    [Fact]
    public void Slot_by_slot_each_candidate_takes_over_when_it_may_until_no_old_process_is_left()
    {
        var (web, next) = Serving(instances: 3);
        var old = _stage.Pids("web");
        for (var slot = 0; slot < 3; slot++)
        {
            Assert.Equal(ExitCode.Done, Advance(next, batch: 1, promote: slot > 0).ExitCode);
            Assert.True(_stage.World.Supervisor!.HasCandidates(web.Name));
            _stage.Run(30);
            Assert.Equal(3 - slot, _stage.Pids("web").Intersect(old).Count());
        }

        Assert.Equal(ExitCode.Done, Advance(next, batch: 1, promote: true).ExitCode);

        Assert.False(_stage.World.Supervisor!.HasCandidates(web.Name));
        Assert.Empty(_stage.Pids("web").Intersect(old));
        Assert.Equal(next.Release, _stage.Status("web").Release);
    }

    [Fact]
    public void A_batch_of_all_slots_takes_over_in_one_word_to_the_edge()
    {
        var (_, next) = Serving(instances: 3);
        Advance(next, batch: 3);
        Assert.Equal(6, _stage.Pids("web").Length);
        var words = new List<ImmutableArray<string>>();
        _stage.World.Edge.Heard = told => words.Add([.. told.Endpoints.Where(e => e is { Draining: false, Candidate: false }).Select(e => e.Id)]);

        Advance(next, batch: 3, promote: true);

        Assert.All(words, w => Assert.Equal(3, w.Length));
        Assert.Equal(2, words.Select(w => string.Join(' ', w)).Prepend("old").Distinct().Count());
        Assert.Equal(3, _stage.Pids("web").Length);
    }

    [Fact]
    public void A_candidate_that_dies_at_the_gate_ends_the_rollout_and_is_not_tried_again()
    {
        var (web, next) = Serving(instances: 2);
        var old = _stage.Pids("web");
        Advance(next, batch: 1);
        Kill(_stage.Processes("web").Last());
        _stage.Run(5);

        var result = Advance(next, batch: 1, promote: true);

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.Contains("web-1 was killed by SIGKILL", result.Summary, StringComparison.Ordinal);
        Assert.Equal(old, _stage.Pids("web"));
        var spawns = _stage.World.Invariants.Spawns;
        _stage.Run(300);
        Assert.Equal(spawns, _stage.World.Invariants.Spawns);
        Assert.False(_stage.World.Supervisor!.HasCandidates(web.Name));
    }

    [Fact]
    public void A_candidate_that_cannot_start_is_removed_with_the_others_of_its_batch()
    {
        var (web, _) = Serving(instances: 2);
        var old = _stage.Pids("web");
        var bad = Applied(_stage.Manifests.With(web, SimProgram.DiesAtOnce));

        Assert.Equal(ExitCode.Failed, Advance(bad, batch: 2).ExitCode);

        _stage.Run(30);
        Assert.Equal(old, _stage.Pids("web"));
    }

    [Fact]
    public void On_a_fixed_port_requests_are_held_until_the_candidate_has_been_judged()
    {
        var web = _stage.Service("web", SimProgram.Good, new PortSpec(PortKind.Fixed, 4000));
        _stage.Up(web);
        _stage.World.Invariants.Floor.Clear();
        var next = Applied(_stage.Manifests.With(web, SimProgram.Good));

        Advance(next, batch: 1);
        Assert.True(_stage.World.Edge.Told["web"].Hold);
        Assert.Equal(0, Offered());
        Advance(next, batch: 1, promote: true);
        Assert.Equal(1, Offered());
        _stage.Act(s => s.SettleAsync(CancellationToken.None));

        _stage.Run(1);
        Assert.False(_stage.World.Edge.Told["web"].Hold);
    }

    [Fact]
    public void While_a_release_is_on_trial_requests_are_held_even_for_a_crash_and_no_longer()
    {
        var (_, next) = Serving(instances: 1);
        Advance(next, batch: 1);
        Advance(next, batch: 1, promote: true);
        _stage.World.Invariants.Floor.Clear();
        Kill(Assert.Single(_stage.Processes("web"), p => !p.WasSignalled));
        _stage.Run(0.05);
        Assert.Equal((true, 0), (_stage.World.Edge.Told["web"].Hold, Offered()));
        _stage.Run(10);

        _stage.Act(s => s.SettleAsync(CancellationToken.None));
        Kill(_stage.Processes("web").Last());
        _stage.Run(0.05);

        Assert.Equal((false, 0), (_stage.World.Edge.Told["web"].Hold, Offered()));
    }

    [Fact]
    public void A_daemon_that_dies_while_candidates_wait_is_followed_by_one_that_waits_with_them()
    {
        var (web, next) = Serving(instances: 2);
        Advance(next, batch: 2);
        var pids = _stage.Pids("web");
        _stage.World.KillDaemon("as the story goes");
        _stage.World.StartDaemon();
        _stage.Run(10);

        Assert.Equal(pids, _stage.Pids("web"));
        Assert.True(_stage.World.Supervisor!.HasCandidates(web.Name));
        Assert.Equal(2, Offered());
        Advance(next, batch: 2, promote: true);
        Assert.Equal(next.Release, _stage.Status("web").Release);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_rollout_has_done_is_taken_back_at_once_wherever_it_was(bool half)
    {
        var (web, next) = Serving(instances: 3);
        var before = _stage.World.Supervisor!.Applied(web.Name)!;
        Advance(next, batch: 1);
        if (half)
        {
            Advance(next, batch: 1, promote: true);
        }

        var result = _stage.Act(s => s.ReturnAsync(web.Name, before, _stage.Steps.Add, CancellationToken.None));

        Assert.Equal(ExitCode.Done, result.ExitCode);
        _stage.Run(30);
        Assert.Equal(3, _stage.Pids("web").Length);
        Assert.Equal(before.Release, _stage.Status("web").Release);
        Assert.All(_stage.World.Supervisor!.Processes(web.Name), p => Assert.Equal(before.Release, p.Release));
    }

    [Fact]
    public void A_service_that_a_rollout_brought_goes_with_it()
    {
        var web = _stage.Service("web", SimProgram.Good);
        Assert.Equal(ExitCode.Done, Advance(Applied(web), batch: 1).ExitCode);
        Assert.Single(_stage.Pids("web"));

        _stage.Act(s => s.ReturnAsync(web.Name, null, _stage.Steps.Add, CancellationToken.None));

        Assert.Empty(_stage.Pids("web"));
    }

    private (ServiceSpec Web, AppliedService Next) Serving(int instances)
    {
        var web = _stage.Service("web", SimProgram.Good, instances: instances);
        _stage.Up(web);
        _stage.World.Invariants.Floor["web"] = instances;
        return (web, Applied(_stage.Manifests.With(web, SimProgram.Good)));
    }

    private OperationResult Advance(AppliedService to, int batch, bool promote = false) =>
        _stage.Act(s => s.AdvanceAsync(to, batch, promote, _stage.Steps.Add, CancellationToken.None));

    private AppliedService Applied(ServiceSpec spec) => Assert.Single(_stage.Manifests.Make([spec]).Services);

    private int Offered() => _stage.World.Edge.Told["web"].Endpoints.Count(e => e is { Draining: false, Candidate: false });

    private void Kill(SimProcess process) => _stage.World.Kernel.End(process, new(null, 9));
}
