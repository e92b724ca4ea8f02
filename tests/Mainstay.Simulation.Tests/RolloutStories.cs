using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Contracts.Rollouts;
using Mainstay.Simulation.Tests.World;
using Mainstay.Spec.Model;

namespace Mainstay.Simulation.Tests;

/// <summary>Rollouts told one by one, through the real loop, steps and supervisor, on a simulated host.</summary>
public class RolloutStories
{
    private readonly RolloutStage _stage = new();

    public static TheoryData<string> Preparing => [.. new[] { StepKind.Fetch, StepKind.Build, StepKind.Artifacts, StepKind.Backup, StepKind.Migrate }.Select(k => k.ToString())];

    public static TheoryData<string> Phases => ["Build", "Migrate", "Roll", "Apply", "Prove", "Bake"];

    [Fact]
    public void Two_layers_come_to_their_release_one_after_the_other_and_no_ready_instance_is_missing()
    {
        var (db, api) = (_stage.Service("db"), _stage.Service("api", instances: 2, dependsOn: "db"));
        _stage.Serving(db, api);
        var (next, above) = (_stage.With(db, SimProgram.Slow), _stage.With(api, SimProgram.Good));

        var ended = _stage.Run(next, above);

        Assert.Equal((RolloutPhase.Succeeded, null), (ended.Phase, ended.Failure));
        Assert.Equal(["db", "api"], ended.Steps.Where(s => s.Kind is StepKind.Roll).Select(s => s.Services[0].Value));
        Assert.All(ended.Steps, s => Assert.Equal(StepState.Done, s.State));
        Assert.Equal(1, _stage.Rollouts.Invariants.Migrations(ended.Number) / 2);
        _stage.Rest();
        _stage.Runs(next);
        _stage.Runs(above);
    }

    [Theory]
    [MemberData(nameof(Preparing))]
    public void What_fails_or_hangs_before_the_roll_touches_nothing(string step)
    {
        var api = _stage.Service("api", instances: 2);
        _stage.Serving(api);
        var before = _stage.Processes("api");
        foreach (var trouble in new[] { Trouble.Fails, Trouble.Hangs })
        {
            _stage.Rollouts.Troubles[Enum.Parse<StepKind>(step)] = trouble;

            var ended = _stage.Run(_stage.With(api, SimProgram.Good));

            Assert.Equal(RolloutPhase.Failed, ended.Phase);
            Assert.Equal(before, _stage.Processes("api"));
            _stage.Rest();
        }
    }

    [Theory]
    [InlineData("answers, but not what is asked", "its first")]
    [InlineData("dies late", "its bake")]
    public void A_first_release_is_proven_before_its_first_request_and_baked_like_any_other(string character, string ends)
    {
        var api = _stage.Service("api", instances: 2);
        List<bool> heard = [];
        _stage.World.Edge.Heard = told => heard.AddRange(told.Endpoints.Where(e => !e.Draining).Select(e => e.Candidate));

        var ended = _stage.Run(_stage.With(api, Program(character)));

        Assert.Equal(RolloutPhase.RolledBack, ended.Phase);
        Assert.EndsWith("nothing served before, and nothing of this is left", ended.Because, StringComparison.Ordinal);
        Assert.True(heard[0]);
        Assert.Equal(ends == "its bake", heard.Contains(false));
        Assert.Empty(_stage.Processes("api"));
    }

    public static TheoryData<string> BadAtTheGate => ["dies at once", "never listens", "answers, but not what is asked"];

    [Theory]
    [MemberData(nameof(BadAtTheGate))]
    public void A_release_that_does_not_stand_its_trial_never_gets_a_request_and_what_served_serves(string character)
    {
        var api = _stage.Service("api", instances: 2);
        _stage.Serving(api);
        var before = _stage.Processes("api");

        var ended = _stage.Run(_stage.With(api, Program(character)));

        Assert.Equal(RolloutPhase.RolledBack, ended.Phase);
        Assert.Equal(before, _stage.Processes("api"));
        _stage.Rest();
    }

    [Fact]
    public void A_release_that_dies_late_is_rolled_back_and_requests_are_held_meanwhile()
    {
        var api = _stage.Service("api", instances: 2);
        _stage.Serving(api);
        _stage.World.Invariants.HeldIsServed = true;

        var ended = _stage.Run(_stage.With(api, SimProgram.DiesLate with { DiesAfter = TimeSpan.FromSeconds(12) }));

        Assert.Equal(RolloutPhase.RolledBack, ended.Phase);
        Assert.Equal(StepKind.Bake, ended.Steps.First(s => s.State is StepState.Failed).Kind);
        _stage.World.Invariants.HeldIsServed = false;
        _stage.Rest();
        _stage.Runs(api);
    }

    [Theory]
    [InlineData("answers with errors")]
    [InlineData("over its memory limit")]
    public void A_release_that_is_worse_than_the_one_before_is_rolled_back(string character)
    {
        var api = _stage.Service("api", instances: 2);
        _stage.Serving(api);
        _stage.World.Invariants.HeldIsServed = true;

        var ended = _stage.Run(_stage.With(api, Program(character)));

        Assert.Equal(RolloutPhase.RolledBack, ended.Phase);
        _stage.Rest();
        _stage.Runs(api);
    }

    [Fact]
    public void A_canary_that_dies_leaves_the_stable_ones_serving_and_loses_its_share()
    {
        var api = _stage.Service("api", instances: 4, deploy: RolloutStage.Deploy(DeployStrategy.Canary));
        _stage.Serving(api);
        var before = _stage.Processes("api");
        _stage.Begin(_stage.With(api, SimProgram.Good));
        _stage.RunUntil(() => _stage.Rollouts.Meter!.Shares.Count > 0);
        _stage.Run(3);
        Assert.Equal(5, _stage.Processes("api").Length);
        _stage.World.Kernel.End(_stage.Processes("api").Except(before).Single(), new(null, 9));

        var ended = _stage.RunToEnd();

        Assert.Equal(RolloutPhase.RolledBack, ended.Phase);
        Assert.Contains("the canary api-1 is no longer ready", ended.Failure, StringComparison.Ordinal);
        Assert.Equal(before, _stage.Processes("api"));
        _stage.Rest();
    }

    [Fact]
    public void A_canary_that_is_paused_is_watched_on_and_an_abort_out_of_the_pause_takes_its_share_away()
    {
        var api = _stage.Service("api", instances: 4, deploy: RolloutStage.Deploy(DeployStrategy.Canary));
        _stage.Serving(api);
        var before = _stage.Processes("api");
        _stage.Begin(_stage.With(api, SimProgram.Good));
        _stage.RunUntil(() => _stage.Rollouts.Meter!.Shares.Count > 0);
        _stage.Rollouts.Wish(RolloutWish.Pause);

        _stage.Run(120);
        Assert.Single(_stage.Rollouts.Meter!.Shares);
        _stage.Rollouts.Wish(RolloutWish.Abort);

        Assert.Equal(RolloutPhase.RolledBack, _stage.RunToEnd().Phase);
        Assert.Empty(_stage.Rollouts.Meter.Shares);
        Assert.Equal(before, _stage.Processes("api"));
        _stage.Rest();
    }

    [Fact]
    public void A_pause_moves_the_deadline_by_as_long_as_it_was_and_a_new_daemon_keeps_to_that()
    {
        var api = _stage.Service("api", deploy: RolloutStage.Deploy() with { Deadline = TimeSpan.FromSeconds(40) });
        _stage.Serving(api);
        _stage.When(StepKind.Build, () => _stage.Rollouts.Wish(RolloutWish.Pause));
        _stage.Begin(_stage.With(api, SimProgram.Good));
        _stage.RunUntil(() => _stage.Last.Wish is RolloutWish.Pause);
        _stage.Run(300);
        _stage.Rollouts.Wish(RolloutWish.Go);
        _stage.RunUntil(() => _stage.Last.Wish is RolloutWish.Go);
        _stage.World.KillDaemon("right after the pause");

        Assert.Equal(RolloutPhase.Succeeded, _stage.RunToEnd().Phase);
        _stage.Rest();
    }

    [Fact]
    public void Blue_green_changes_over_in_one_word_to_the_edge()
    {
        var api = _stage.Service("api", instances: 3, deploy: RolloutStage.Deploy(DeployStrategy.BlueGreen));
        _stage.Serving(api);
        var words = new List<string>();
        _stage.World.Edge.Heard = told => words.Add(string.Join(' ', told.Endpoints.Where(e => e is { Draining: false, Candidate: false }).Select(e => e.Id)));

        Assert.Equal(RolloutPhase.Succeeded, _stage.Run(_stage.With(api, SimProgram.Good)).Phase);

        Assert.Equal(2, words.Distinct().Count());
        _stage.Rest();
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public void A_pause_holds_it_where_it_is_until_it_may_go_on(string step)
    {
        var (db, api) = (_stage.Service("db"), _stage.Service("api", dependsOn: "db"));
        _stage.Serving(db, api);
        _stage.When(Enum.Parse<StepKind>(step), () => _stage.Rollouts.Wish(RolloutWish.Pause));
        _stage.Begin(_stage.With(db, SimProgram.Good), _stage.With(api, SimProgram.Good));
        _stage.RunUntil(() => _stage.Last.Wish is RolloutWish.Pause);

        // Less than the deadline: that does not wait for anybody.
        _stage.Run(60);
        Assert.False(_stage.Last.HasEnded);
        var paused = _stage.Last;
        _stage.Run(60);
        Assert.Equal(paused.Steps.Select(s => s.State), _stage.Last.Steps.Select(s => s.State));
        _stage.Rollouts.Wish(RolloutWish.Go);

        Assert.Equal(RolloutPhase.Succeeded, _stage.RunToEnd().Phase);
        _stage.Rest();
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public void An_abort_ends_it_with_what_was_before_wherever_it_is_also_out_of_a_pause(string step)
    {
        foreach (var isPaused in new[] { false, true })
        {
            var stage = new RolloutStage();
            var (db, api) = (stage.Service("db"), stage.Service("api", instances: 2, dependsOn: "db"));
            stage.Serving(db, api);
            stage.When(Enum.Parse<StepKind>(step), () => stage.Rollouts.Wish(isPaused ? RolloutWish.Pause : RolloutWish.Abort));
            stage.Begin(stage.With(db, SimProgram.Good), stage.With(api, SimProgram.Good));
            stage.RunUntil(() => stage.Last.Wish is not RolloutWish.Go);
            if (isPaused)
            {
                stage.Run(20);
                stage.Rollouts.Wish(RolloutWish.Abort);
            }

            var ended = stage.RunToEnd();
            Assert.Equal(step is "Build" or "Migrate" ? RolloutPhase.Failed : RolloutPhase.RolledBack, ended.Phase);
            stage.Rest();
            stage.Runs(db);
            stage.Runs(api);
        }
    }

    [Fact]
    public void A_deadline_that_passes_brings_back_what_was()
    {
        var api = _stage.Service("api", deploy: RolloutStage.Deploy() with { Deadline = TimeSpan.FromSeconds(15) });
        _stage.Serving(api);

        var ended = _stage.Run(_stage.With(api, SimProgram.NeverListens));

        Assert.Contains("its deadline passed", ended.Failure, StringComparison.Ordinal);
        Assert.Equal(RolloutPhase.RolledBack, ended.Phase);
        _stage.Rest();
        _stage.Runs(api);
    }

    [Fact]
    public void A_second_rollout_is_refused_and_told_whose_the_first_one_is()
    {
        var api = _stage.Service("api");
        _stage.Serving(api);
        var next = _stage.With(api, SimProgram.Good);
        _stage.Begin(next);
        _stage.RunInto(StepKind.Build);

        var second = _stage.Begin(_stage.With(api, SimProgram.Good));
        _stage.Run(1);

        Assert.Contains("rollout 2 of sim is under way", second.Result.Summary, StringComparison.Ordinal);
        Assert.Equal((2L, RolloutPhase.Succeeded), (_stage.RunToEnd().Number, _stage.Last.Phase));
        _stage.Runs(next);
    }

    [Fact]
    public void A_rollback_brings_what_was_before_and_with_nothing_before_it_is_refused()
    {
        var api = _stage.Service("api", instances: 2);
        _stage.Serving(api);
        Assert.Equal(ExitCode.Failed, _stage.Act(() => _stage.Rollouts.RollbackAsync(_stage.World.Supervisor!)).ExitCode);
        _stage.Run(_stage.With(api, SimProgram.Good));

        Assert.Equal(ExitCode.Done, _stage.Act(() => _stage.Rollouts.RollbackAsync(_stage.World.Supervisor!)).ExitCode);

        _stage.Rest();
        _stage.Runs(api);
        Assert.Equal((RolloutKind.Rollback, 0), (_stage.Last.Kind, _stage.Rollouts.Invariants.Migrations(_stage.Last.Number)));
    }

    [Fact]
    public void The_first_rollout_of_an_empty_home_that_fails_leaves_nothing()
    {
        var (db, api) = (_stage.Service("db"), _stage.Service("api", SimProgram.DiesAtOnce, dependsOn: "db"));

        var ended = _stage.Run(db, api);

        Assert.Equal(RolloutPhase.RolledBack, ended.Phase);
        _stage.Rest();
        Assert.Empty(_stage.World.Kernel.Alive);
        Assert.Null(_stage.World.Supervisor!.Stack);
        Assert.Empty(_stage.World.Supervisor.Services());
    }

    [Fact]
    public void It_is_all_or_nothing_over_three_services()
    {
        var (a, b, c) = (_stage.Service("a", instances: 2), _stage.Service("b", dependsOn: "a"), _stage.Service("c", instances: 2, dependsOn: "b"));
        _stage.Serving(a, b, c);

        var ended = _stage.Run(_stage.With(a, SimProgram.Good), _stage.With(b, SimProgram.Good), _stage.With(c, SimProgram.DiesAtOnce));

        Assert.Equal(RolloutPhase.RolledBack, ended.Phase);
        Assert.Equal(["c", "b", "a"], ended.Steps.Where(s => s is { Kind: StepKind.Undo, Services.IsEmpty: false }).Select(s => s.Services[0].Value));
        _stage.Rest();
        _stage.Runs(a);
        _stage.Runs(b);
        _stage.Runs(c);
    }

    [Theory]
    [InlineData("executable")]
    [InlineData("release")]
    public void A_process_that_is_not_what_it_should_be_is_noticed_at_the_gate_and_both_sides_are_named(string lie)
    {
        var api = _stage.Service("api", instances: 2);
        _stage.Serving(api);
        var before = _stage.Processes("api");
        _stage.Rollouts.Lies = (process, truth) => before.Contains(process) ? truth : lie == "executable"
            ? truth with { Executable = $"{truth.Executable} (deleted)" }
            : truth with { Environment = truth.Environment!.SetItem("MAINSTAY_RELEASE", before[0].Release) };

        var ended = _stage.Run(_stage.With(api, SimProgram.Good));

        Assert.Equal(RolloutPhase.RolledBack, ended.Phase);
        Assert.Contains(lie == "executable" ? "was deleted or replaced since the process started" : $"MAINSTAY_RELEASE is {before[0].Release}", ended.Failure, StringComparison.Ordinal);
        Assert.Equal(before, _stage.Processes("api"));
        _stage.Rest();
    }

    private static SimProgram Program(string name) => new[] { SimProgram.DiesAtOnce, SimProgram.NeverListens, SimProgram.Wrong, SimProgram.Failing, SimProgram.Greedy, SimProgram.DiesLate }.Single(p => p.Name == name);
}
