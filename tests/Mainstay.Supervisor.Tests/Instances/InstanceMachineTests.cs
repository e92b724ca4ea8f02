using System.Collections.Immutable;
using System.Text;
using Mainstay.Contracts.Api;
using Mainstay.Linux.Processes;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Diagnosis;
using Mainstay.Supervisor.Instances;
using Mainstay.Testing;
using static Mainstay.Supervisor.Tests.Instances.Policies;

namespace Mainstay.Supervisor.Tests.Instances;

public class InstanceMachineTests
{
    [Fact]
    public void The_whole_table_reads_as_agreed()
    {
        var table = new StringBuilder();
        foreach (var phase in Enum.GetValues<InstancePhase>())
        {
            foreach (var wish in phase is InstancePhase.Stopped or InstancePhase.Draining or InstancePhase.Stopping ? [Wish.Up, Wish.Down] : new[] { Wish.Up })
            {
                table.Append('\n').Append(phase).Append(", wish ").Append(wish).Append('\n');
                var state = In(phase, wish);
                foreach (var e in Events(state))
                {
                    table.Append(Row(state, e)).Append('\n');
                }
            }
        }

        Golden.Match(table.ToString(), "instance-machine.txt");
    }

    [Fact]
    public void Stale_timers_probes_and_exits_mean_nothing_in_any_phase()
    {
        foreach (var state in Enum.GetValues<InstancePhase>().Select(phase => In(phase)))
        {
            var old = state with { Generation = state.Generation - 1, Due = Now - TimeSpan.FromSeconds(1) };
            foreach (var e in Events(old).Where(e => e.Generation == old.Generation || e.Kind is InstanceEventKind.TimerFired))
            {
                var transition = InstanceMachine.Next(state, e, Probed, Now);

                Assert.Equal(state, transition.Next);
                Assert.Empty(transition.Effects);
            }
        }
    }

    [Fact]
    public void An_instance_becomes_ready_by_a_probe_by_its_own_word_or_by_living_on()
    {
        var starting = In(InstancePhase.Starting);

        Assert.Equal(InstancePhase.Running, Next(starting, InstanceEvent.ProbePassed(4, false, "200 OK")).Phase);
        Assert.Equal(InstancePhase.Starting, Next(starting, InstanceEvent.NotifiedReady(4)).Phase);
        Assert.Equal(InstancePhase.Running, Next(starting, InstanceEvent.NotifiedReady(4), Probed with { ReadyBy = ReadyBy.Notify }).Phase);
        Assert.Equal(InstancePhase.Starting, Next(starting, InstanceEvent.ProbePassed(4, false, "200 OK"), Probed with { ReadyBy = ReadyBy.Notify }).Phase);
        Assert.Equal(InstancePhase.Running, Next(starting, InstanceEvent.TimerFired(Now), Probed with { ReadyBy = ReadyBy.Settling }).Phase);
    }

    [Fact]
    public void An_instance_that_is_late_is_stopped_and_its_end_counts()
    {
        var late = InstanceMachine.Next(In(InstancePhase.Starting), InstanceEvent.TimerFired(Now), Probed, Now);
        Assert.Equal(InstancePhase.Stopping, late.Next.Phase);
        Assert.Contains(new InstanceEffect.Report(FailureKind.NotReadyInTime), late.Effects);

        var ended = Next(late.Next, InstanceEvent.Exited(4, new(null, 15), 0));

        Assert.Equal((InstancePhase.Backoff, 1, true), (ended.Phase, ended.Restarts, ended.Late));
        Assert.StartsWith("was not ready within 5 s", ended.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_that_came_while_a_spawn_was_failing_ends_with_the_news_of_that()
    {
        var failed = InstanceEvent.SpawnFailed(4, "could not be started: executing: No such file or directory", 0);

        var stopped = Next(Next(In(InstancePhase.Starting), InstanceEvent.StopAsked("a stop was asked")), failed);
        Assert.Equal((InstancePhase.Stopped, "could not be started: executing: No such file or directory"), (stopped.Phase, stopped.Because));

        var restarted = InstanceMachine.Next(Next(In(InstancePhase.Starting), InstanceEvent.RestartAsked(3, "a restart was asked")), failed, Probed, Now);
        Assert.Equal(InstancePhase.Starting, restarted.Next.Phase);
        Assert.Contains(new InstanceEffect.Spawn(), restarted.Effects);

        Assert.Equal(InstancePhase.Backoff, Next(In(InstancePhase.Running), failed).Phase);
    }

    [Fact]
    public void One_that_stays_for_its_calls_asks_for_time_and_is_told_again_when_nobody_waits_for_them_any_more()
    {
        var stays = Next(In(InstancePhase.Stopping, Wish.Down), InstanceEvent.TimeoutExtended(4, TimeSpan.FromSeconds(30)));
        Assert.Equal(Now + TimeSpan.FromSeconds(30), stays.Due);

        var hurried = InstanceMachine.Next(stays, InstanceEvent.HurryAsked, Probed, Now);
        Assert.Equal(Now + Probed.Grace, hurried.Next.Due);
        Assert.Contains(new InstanceEffect.Terminate(), hurried.Effects);

        Assert.Empty(InstanceMachine.Next(stays with { Killed = true }, InstanceEvent.HurryAsked, Probed, Now).Effects);
    }

    [Fact]
    public void A_start_after_one_that_was_refused_claims_no_earlier_process()
    {
        var refused = Next(In(InstancePhase.Starting), InstanceEvent.StartRefused(4, "the journal cannot be written"));
        var again = InstanceMachine.Next(refused, InstanceEvent.TimerFired(refused.Due!.Value), Probed, refused.Due.Value);

        Assert.Equal("tried again after a start that was refused", again.Because);
    }

    [Fact]
    public void The_restart_policy_is_named_as_the_manifest_spells_it() => Assert.EndsWith(
        "its restart policy is on-failure",
        Next(In(InstancePhase.Running), InstanceEvent.Exited(4, new(0, null), 0), Probed with { Restart = Probed.Restart with { Policy = RestartKind.OnFailure } }).Because,
        StringComparison.Ordinal);

    [Fact]
    public void A_service_may_ask_for_more_time_to_start_and_to_stop()
    {
        var starting = Next(In(InstancePhase.Starting), InstanceEvent.TimeoutExtended(4, TimeSpan.FromSeconds(20)));
        var stopping = Next(In(InstancePhase.Stopping), InstanceEvent.TimeoutExtended(4, TimeSpan.FromDays(2)));

        Assert.Equal(Now + TimeSpan.FromSeconds(20), starting.Due);
        Assert.Equal(Now + TimeSpan.FromHours(1), stopping.Due);
        Assert.Equal(Now, Next(In(InstancePhase.Starting), InstanceEvent.TimeoutExtended(4, TimeSpan.FromSeconds(-1))).Due);
    }

    [Fact]
    public void It_takes_several_failed_checks_in_a_row_to_be_unhealthy()
    {
        var state = In(InstancePhase.Running);
        foreach (var e in new[] { Fails(), Fails(), Passes(), Fails(), Fails() })
        {
            state = Next(state, e);
            Assert.Equal(InstancePhase.Running, state.Phase);
        }

        var unhealthy = Next(state, Fails());

        Assert.Equal((InstancePhase.Draining, Health.Unhealthy, EndReason.Unhealthy), (unhealthy.Phase, unhealthy.Health, unhealthy.Ending));
        Assert.True(unhealthy.Due <= Now + InstanceMachine.ShortDrain + InstanceMachine.DrainMargin);

        static InstanceEvent Fails() => InstanceEvent.ProbeFailed(4, "connection refused");
        static InstanceEvent Passes() => InstanceEvent.ProbePassed(4, false, "200 OK");
    }

    [Fact]
    public void Degraded_is_a_matter_of_health_alone()
    {
        var degraded = Next(In(InstancePhase.Running), InstanceEvent.ProbePassed(4, degraded: true, "redis is slow"));

        Assert.Equal((InstancePhase.Running, Health.Degraded, "degraded: redis is slow"), (degraded.Phase, degraded.Health, degraded.Because));
        Assert.True(degraded.Serves);
    }

    [Fact]
    public void A_watchdog_is_armed_by_the_first_ping_and_not_before()
    {
        var policy = Probed with { ReadyBy = ReadyBy.Notify, Watchdog = TimeSpan.FromSeconds(30) };
        var ready = Next(In(InstancePhase.Starting), InstanceEvent.NotifiedReady(4), policy);
        Assert.Null(ready.Due);

        var pinged = Next(ready, InstanceEvent.WatchdogPinged(4), policy);
        Assert.Equal(Now + TimeSpan.FromSeconds(30), pinged.Due);

        var silent = InstanceMachine.Next(pinged, InstanceEvent.TimerFired(pinged.Due!.Value), policy, pinged.Due.Value);
        Assert.Equal((InstancePhase.Draining, EndReason.Watchdog), (silent.Next.Phase, silent.Next.Ending));
    }

    [Fact]
    public void Too_much_memory_is_warned_of_once_and_then_answered_by_a_graceful_restart_that_counts()
    {
        var running = In(InstancePhase.Running);
        var warned = InstanceMachine.Next(running, InstanceEvent.MemorySampled(4, 350_000_000), Probed, Now);
        Assert.Equal([new InstanceEffect.Tell("instance.memory_high")], warned.Effects);
        Assert.Empty(InstanceMachine.Next(warned.Next, InstanceEvent.MemorySampled(4, 360_000_000), Probed, Now).Effects);
        Assert.Empty(InstanceMachine.Next(warned.Next, InstanceEvent.MemorySampled(4, 290_000_000), Probed, Now).Effects);
        Assert.Equal([new InstanceEffect.Tell("instance.memory_normal")], InstanceMachine.Next(warned.Next, InstanceEvent.MemorySampled(4, 200_000_000), Probed, Now).Effects);

        var over = Next(running, InstanceEvent.MemorySampled(4, 600_000_000));
        Assert.Equal((InstancePhase.Draining, true, "used 600 MB of memory, more than its limit of 500 MB"), (over.Phase, over.Planned, over.Because));

        var again = Next(Next(over, InstanceEvent.Drained(4, "idle")), InstanceEvent.Exited(4, new(0, null), 0));
        Assert.Equal((InstancePhase.Backoff, 1), (again.Phase, again.Exits.Length));
    }

    [Theory]
    [InlineData(RestartKind.Always, 0, InstancePhase.Backoff, false)]
    [InlineData(RestartKind.Always, 1, InstancePhase.Backoff, false)]
    [InlineData(RestartKind.OnFailure, 0, InstancePhase.Stopped, true)]
    [InlineData(RestartKind.OnFailure, 1, InstancePhase.Backoff, false)]
    [InlineData(RestartKind.Never, 0, InstancePhase.Stopped, true)]
    [InlineData(RestartKind.Never, 1, InstancePhase.Stopped, false)]
    [InlineData(RestartKind.Always, 42, InstancePhase.Stopped, false)]
    public void The_restart_policy_decides_what_an_exit_means(RestartKind kind, int code, InstancePhase phase, bool completed)
    {
        var policy = Probed with { Restart = Restart with { Policy = kind, StopExitCodes = [42] } };

        var next = Next(In(InstancePhase.Running), InstanceEvent.Exited(4, new(code, null), 0), policy);

        Assert.Equal((phase, completed), (next.Phase, next.Completed));
    }

    [Fact]
    public void A_job_that_others_wait_for_is_done_when_it_exits_with_zero()
    {
        var policy = Probed with { OneShot = true };

        Assert.True(Next(In(InstancePhase.Starting), InstanceEvent.Exited(4, new(0, null), 0), policy) is { Completed: true, Phase: InstancePhase.Stopped });
        Assert.Equal(InstancePhase.Backoff, Next(In(InstancePhase.Starting), InstanceEvent.Exited(4, new(1, null), 0), policy).Phase);
    }

    [Fact]
    public void A_successor_is_tried_once()
    {
        var next = Next(In(InstancePhase.Starting), InstanceEvent.Exited(4, new(1, null), 0), Probed with { OneTry = true });

        Assert.Equal((InstancePhase.Parked, null), (next.Phase, next.Due));
    }

    [Fact]
    public void What_survives_the_grace_is_killed_with_everything_it_started_and_again_until_it_is_gone()
    {
        var first = InstanceMachine.Next(In(InstancePhase.Stopping), InstanceEvent.TimerFired(Now), Probed, Now);
        var second = InstanceMachine.Next(first.Next, InstanceEvent.TimerFired(first.Next.Due!.Value), Probed, first.Next.Due.Value);

        Assert.Equal([new InstanceEffect.KillTree()], first.Effects);
        Assert.Equal([new InstanceEffect.KillTree()], second.Effects);
        Assert.Equal("did not exit within 10 s of the stop signal; killed with everything it started", first.Because);
    }

    [Theory]
    [InlineData(1, null, false, "exited with code 1 after 5 s")]
    [InlineData(137, null, false, "exited with code 137 (what a shell reports for SIGKILL) after 5 s")]
    [InlineData(null, 11, false, "was killed by SIGSEGV after 5 s")]
    [InlineData(null, 9, true, "was killed by the kernel: out of memory after 5 s")]
    [InlineData(null, null, false, "ended while no daemon watched it, so nobody knows its exit code after 5 s")]
    public void An_exit_is_told_as_what_it_was(int? code, int? signal, bool outOfMemory, string told) =>
        Assert.StartsWith(told, Next(In(InstancePhase.Running), InstanceEvent.Exited(4, new ExitStatus(code, signal, outOfMemory), 0)).Because, StringComparison.Ordinal);

    [Fact]
    public void A_start_that_could_not_be_written_down_is_tried_again_and_counts_against_nobody()
    {
        var refused = Next(In(InstancePhase.Starting), InstanceEvent.StartRefused(4, "the journal cannot be written"));

        Assert.Equal((InstancePhase.Backoff, 0, Now + InstanceMachine.RefusedRetry), (refused.Phase, refused.Restarts, refused.Due));
    }

    private static InstanceState Next(InstanceState state, InstanceEvent e, InstancePolicy? policy = null) => InstanceMachine.Next(state, e, policy ?? Probed, Now).Next;

    private static string Row(InstanceState state, InstanceEvent e)
    {
        var stamped = e.Kind is InstanceEventKind.StartAsked && e.Stamp > state.Stamp ? "StartAsked (newer)" : e.Kind.ToString();
        var (next, effects, because) = InstanceMachine.Next(state, e, Probed, Now);
        return next == state && effects.IsEmpty
            ? $"  {stamped,-19} -"
            : $"  {stamped,-19} -> {next.Phase,-8} {next.Wish,-4} [{string.Join(", ", effects)}] {because}";
    }
}
