using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Simulation.Tests.World;
using Mainstay.Spec.Diff;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Services;

namespace Mainstay.Simulation.Tests;

/// <summary>What users do with a whole stack, told one by one.</summary>
public class StackStories
{
    private readonly Stage _stage = new();

    [Fact]
    public void Services_start_after_what_they_depend_on_and_stop_before_it()
    {
        var (db, api, web) = Three();
        Assert.Equal("3 services ready", _stage.Up(web, api, db).Summary);
        Assert.Equal(["db", "api", "web"], Order(InstancePhase.Running));

        Assert.Equal("3 services stopped", _stage.Act(s => s.DownAsync(_stage.Steps.Add, CancellationToken.None)).Summary);
        Assert.Equal(["web", "api", "db"], Order(InstancePhase.Stopped));
        Assert.Null(_stage.World.Supervisor!.Stack);
        Assert.Empty(_stage.World.Kernel.Alive);
    }

    [Fact]
    public void Down_does_not_wait_until_a_start_has_failed()
    {
        var hopeless = _stage.Service("hopeless", SimProgram.NeverListens);
        var up = _stage.Begin(s => s.ApplyAsync(_stage.Manifests.Make([hopeless]), [], _ => { }, CancellationToken.None));
        _stage.Run(2);
        Assert.False(up.IsThere);

        _stage.World.Life!.Within(() => _stage.World.Supervisor!.GiveWay("down was asked"));
        Assert.Equal(ExitCode.Done, _stage.Act(s => s.DownAsync(_ => { }, CancellationToken.None)).ExitCode);

        Assert.Equal((ExitCode.Failed, "up was given up: down was asked"), (up.Result.ExitCode, up.Result.Summary));
        Assert.Empty(_stage.World.Kernel.Alive);
    }

    [Fact]
    public void Applying_the_same_manifest_again_does_nothing()
    {
        var (db, api, web) = Three();
        _stage.Up(db, api, web);
        var (spawns, pids) = (_stage.World.Invariants.Spawns, _stage.Pids("api"));

        Assert.Equal(ExitCode.Done, _stage.Up(db, api, web).ExitCode);

        Assert.Equal(spawns, _stage.World.Invariants.Spawns);
        Assert.Equal(pids, _stage.Pids("api"));
    }

    [Fact]
    public void What_depends_on_a_failed_service_is_not_touched_and_the_rest_goes_on()
    {
        var (db, api, web) = Three();
        var lone = _stage.Service("lone", SimProgram.Good);

        var result = _stage.Up(_stage.Manifests.With(db, SimProgram.DiesAtOnce), api, web, lone);

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.StartsWith("db did not become ready: exited with code 1", result.Summary, StringComparison.Ordinal);
        Assert.Contains("api was not touched: it depends on db, which failed", result.Summary, StringComparison.Ordinal);
        Assert.Contains("web was not touched: it depends on api, which failed", result.Summary, StringComparison.Ordinal);
        Assert.Equal("db", Assert.Single(result.Failures).Service);
        Assert.Equal((InstancePhase.Running, InstancePhase.Waiting), (_stage.Status("lone").State, _stage.Status("api").State));
    }

    [Fact]
    public void A_changed_service_below_a_failed_one_keeps_what_it_runs()
    {
        var (db, api, web) = Three();
        _stage.Up(db, api, web);
        var pids = _stage.Pids("api");

        var result = _stage.Up(_stage.Manifests.With(db, SimProgram.DiesAtOnce), _stage.Manifests.With(api, SimProgram.Good), web);

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.Contains("api was not touched", result.Summary, StringComparison.Ordinal);
        Assert.Equal(pids, _stage.Pids("api"));
    }

    [Fact]
    public void What_the_manifest_no_longer_has_goes_and_its_instances_come_to_the_count()
    {
        var (db, api, web) = Three();
        _stage.Up(db, api, web);
        var pids = _stage.Pids("api");

        Assert.Equal("2 services ready, 1 service stopped", _stage.Up(db, api with { Instances = 3 }).Summary);
        Assert.Equal(3, _stage.Pids("api").Length);
        Assert.Subset(_stage.Pids("api").ToHashSet(), pids.ToHashSet());

        _stage.Up(db, api);
        Assert.Equal(pids, _stage.Pids("api"));
        Assert.Equal(["api", "db"], _stage.World.Supervisor!.Services().Select(s => s.Name.Value));
    }

    [Fact]
    public void Only_what_is_named_and_what_it_needs_is_brought_up()
    {
        var (db, api, web) = Three();
        var wanted = _stage.Manifests.Make([db, api, web]);

        _stage.Act(s => s.ApplyAsync(wanted, [new("api")], _ => { }, CancellationToken.None));

        Assert.Equal(["api", "db"], _stage.World.Supervisor!.Services().Select(s => s.Name.Value));
    }

    [Fact]
    public void A_job_is_waited_for_and_not_run_twice()
    {
        var migrate = _stage.Service("migrate", SimProgram.ExitsCleanly, new(PortKind.None));
        var api = _stage.Service("api", SimProgram.Good) with { DependsOn = [new(new("migrate"), DependencyCondition.Completed, SourceSpan.None)] };

        Assert.Equal("2 services ready", _stage.Up(migrate, api).Summary);
        Assert.Equal(InstancePhase.Stopped, _stage.Status("migrate").State);
        Assert.StartsWith("completed: exited with code 0", _stage.Status("migrate").Because, StringComparison.Ordinal);

        _stage.Run(60);
        _stage.Up(migrate, api);
        Assert.Equal(2, _stage.World.Invariants.Spawns);
    }

    [Fact]
    public void Something_external_is_waited_for_and_its_absence_is_told_after_a_while()
    {
        var api = _stage.Service("api", SimProgram.Good, dependsOn: "redis");
        _stage.World.ExternalIsThere = false;

        var result = _stage.Up(api);
        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.Equal("api is not there yet: waits for redis: connection refused", result.Summary);
        Assert.Equal("waits for redis: connection refused", _stage.Status("api").Because);

        _stage.World.ExternalIsThere = true;
        _stage.Run(10);
        Assert.Equal(InstancePhase.Running, _stage.Status("api").State);
    }

    [Fact]
    public void A_parked_service_is_started_again_by_up_with_its_brake_released()
    {
        var web = _stage.Service("web", SimProgram.DiesAtOnce);
        _stage.Up(web);
        _stage.Run(120);
        Assert.Equal((InstancePhase.Parked, 5), (_stage.Status("web").State, _stage.Status("web").Instances[0].Restarts));
        Assert.Contains("it ended unasked 5 times within 10 min, and 4 restarts are the limit", _stage.Status("web").Because, StringComparison.Ordinal);

        _stage.World.Programs[0] = SimProgram.Good;
        Assert.Equal("1 service ready", _stage.Up(web).Summary);
        Assert.Equal(0, _stage.Status("web").Instances[0].Restarts);
    }

    [Fact]
    public void A_daemons_death_changes_nothing_that_anyone_can_see()
    {
        var (db, api, web) = Three();
        _stage.Up(db, api, web);
        _stage.World.Kernel.End(_stage.Processes("db")[0], new(1, null));
        _stage.Run(5);
        _stage.Act(ActionVerb.Stop, "web");
        var before = Seen();
        Assert.Contains("db-1 1 Running", before, StringComparison.Ordinal);

        _stage.World.KillDaemon("as the story goes");
        _stage.Run(1);

        Assert.Equal(before, Seen());

        string Seen() => string.Join('\n', _stage.World.Supervisor!.Services().SelectMany(s => s.Instances).Select(i => $"{i.Id} {i.Restarts} {i.State} {i.Health} {i.Pid} {i.Port} {i.Because}"));
    }

    [Fact]
    public void A_new_daemon_clears_away_the_pipes_of_all_runs_but_those_that_live()
    {
        _stage.Up(_stage.Service("web", SimProgram.Good, instances: 2));
        var ended = _stage.Processes("web")[0];
        var living = _stage.Processes("web")[1];

        _stage.World.KillDaemon("as the story goes");
        _stage.World.Kernel.End(ended, new(1, null));
        _stage.Run(5);

        // The one that has just been missed is captured once more for its last lines, and cleared away with them.
        Assert.Empty(_stage.World.Swept[0]);
        Assert.Equal(new[] { ended.RunId, living.RunId }.Order(), _stage.World.Swept[1].Order());
        Assert.Equal(2, _stage.World.Swept.Count);
    }

    [Fact]
    public void A_full_disk_refuses_acts_and_stops_nothing()
    {
        var web = _stage.Service("web", SimProgram.Good, instances: 2);
        _stage.Up(web);
        var pids = _stage.Pids("web");
        _stage.World.Journal.IsFull = true;

        var result = _stage.Act(ActionVerb.Stop, "web");
        Assert.Equal((ExitCode.Failed, "nothing was done: the journal cannot be written (no space left on device); what runs goes on"), (result.ExitCode, result.Summary));
        Assert.Equal("no space left on device", _stage.World.Supervisor!.JournalFault);

        _stage.World.Kernel.End(_stage.Processes("web")[0], new(1, null));
        _stage.Run(30);
        Assert.Single(_stage.Pids("web"));
        Assert.Equal(InstancePhase.Backoff, _stage.Status("web").State);

        _stage.World.Journal.IsFull = false;
        _stage.Run(10);
        Assert.Equal(2, _stage.Pids("web").Length);
        Assert.Null(_stage.World.Supervisor.JournalFault);
        Assert.NotEqual(pids, _stage.Pids("web"));
    }

    [Fact]
    public void A_client_that_goes_away_ends_the_waiting_and_not_the_operation()
    {
        var web = _stage.Service("web", SimProgram.Slow);
        var wanted = _stage.Manifests.Make([web]);
        using var gone = new CancellationTokenSource();
        var answer = _stage.Begin(s => s.ApplyAsync(wanted, [], _ => { }, gone.Token));
        _stage.Run(1);

        _stage.World.Life!.Within(gone.Cancel);
        _stage.Run(10);

        Assert.True(answer.IsCanceled);
        Assert.Equal(InstancePhase.Running, _stage.Status("web").State);
        Assert.Equal(ExitCode.Done, _stage.Act(ActionVerb.Restart, "web").ExitCode);
    }

    [Fact]
    public void Scaling_a_fixed_port_or_an_unknown_service_is_refused_with_the_reason()
    {
        _stage.Up(_stage.Service("db", SimProgram.Good, new(PortKind.Fixed, 5432)));

        Assert.Equal("db listens on the fixed port 5432, which only one instance can; declare port: auto to run more", _stage.Act(s => s.ScaleAsync(new(new("db"), 2), _ => { }, CancellationToken.None)).Summary);
        Assert.Equal("there is no service \"dx\"; there are db", _stage.Act(ActionVerb.Stop, "dx").Summary);
    }

    [Fact]
    public void After_a_boot_everything_starts_in_order_and_a_brake_stays_a_brake()
    {
        var (db, api, web) = Three();
        var loop = _stage.Service("loop", SimProgram.DiesAtOnce);
        _stage.Up(db, api, web, loop);
        _stage.Run(120);
        _stage.Steps.Clear();

        _stage.World.Reboot();
        _stage.Run(60);

        Assert.Equal(InstancePhase.Parked, _stage.Status("loop").State);
        Assert.All(["db", "api", "web"], name => Assert.Equal((InstancePhase.Running, 0), (_stage.Status(name).State, _stage.Status(name).Instances[0].Restarts)));
        Assert.True(_stage.Processes("db")[0].StartedAt < _stage.Processes("api")[0].StartedAt);
    }

    [Fact]
    public void The_revision_is_the_process_and_not_its_policy()
    {
        var api = _stage.Service("api", SimProgram.Good);
        var revision = Of(api);

        Assert.Equal(revision, Of(api with { Instances = 5, Restart = RestartSpec.Default, Stop = StopSpec.Default, Logs = new(1, 1), Healthcheck = null, Resources = api.Resources with { MemoryWarn = 1 } }));
        Assert.NotEqual(revision, Of(api with { User = "app" }));
        Assert.NotEqual(revision, Of(api with { Directory = "/other" }));
        Assert.NotEqual(revision, Of(api with { Environment = api.Environment.SetItem("A", "b") }));
        Assert.NotEqual(revision, Of(api with { Resources = api.Resources with { Memory = 1 } }));

        static string Of(ServiceSpec spec) => Revision.Of(spec, Revision.EnvironmentDigest(spec.Environment));
    }

    private (ServiceSpec Db, ServiceSpec Api, ServiceSpec Web) Three() => (
        _stage.Service("db", SimProgram.Good, new(PortKind.Fixed, 5432)),
        _stage.Service("api", SimProgram.Good, dependsOn: "db"),
        _stage.Service("web", SimProgram.Good, dependsOn: "api"));

    private IEnumerable<string> Order(InstancePhase phase) => _stage.Steps.Where(s => s.Instance is not null && s.State == phase).Select(s => s.Service!).Distinct();
}
