using FsCheck;
using FsCheck.Fluent;
using Mainstay.Contracts.Api;
using Mainstay.Linux.Processes;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Instances;

namespace Mainstay.Supervisor.Tests.Instances;

/// <summary>What holds for every history of one instance, whatever a kernel, a user and a clock may do.</summary>
public class InstanceMachineProperties
{
    /// <summary>What a world may do next: which event, after how long, with what chance.</summary>
    private sealed record Happening(InstanceEventKind Kind, int Millis, int Number);

    private static Arbitrary<Happening[]> Histories { get; } = (
        from kind in Gen.Elements(Enum.GetValues<InstanceEventKind>())
        from millis in Gen.Frequency((3, Gen.Choose(0, 400)), (2, Gen.Choose(0, 60_000)), (1, Gen.Constant(1_200_000)))
        from number in Gen.Choose(0, 100)
        select new Happening(kind, millis, number)).ArrayOf().Resize(150).ToArbitrary();

    private static Config Many { get; } = Config.QuickThrowOnFailure.WithMaxTest(2000);

    [Fact]
    public void At_most_one_process_is_ever_alive() => ForAll(history =>
    {
        var alive = 0;
        return Live(history, (before, e, t, _) =>
        {
            alive -= e.Kind is InstanceEventKind.Exited or InstanceEventKind.SpawnFailed or InstanceEventKind.StartRefused ? 1 : 0;
            alive += t.Effects.Count(f => f is InstanceEffect.Spawn);
            return alive is 0 or 1 && alive == (t.Next.HasProcess ? 1 : 0);
        });
    });

    [Fact]
    public void A_crash_is_never_answered_by_a_spawn_without_a_delay() => ForAll(history =>
    {
        TimeSpan? crash = null;
        return Live(history, (before, e, t, now) =>
        {
            var spawns = t.Effects.Any(f => f is InstanceEffect.Spawn);
            var asked = e.Kind is InstanceEventKind.StartAsked or InstanceEventKind.RestartAsked;
            var held = !spawns || asked || crash is null || now - crash >= RestartBrake.LeastDelay;
            crash = t.Next.Restarts > before.Restarts ? now : spawns ? null : crash;
            return held && !(crash == now && spawns);
        });
    });

    [Fact]
    public void Unasked_starts_within_the_window_are_bounded_whatever_the_period() => ForAll(history =>
    {
        var starts = new List<TimeSpan>();
        return Live(history, (before, e, t, now) =>
        {
            if (t.Next.Stamp > before.Stamp || (before.Wish is Wish.Down && t.Next.Wish is Wish.Up))
            {
                starts.Clear();
            }
            else if (t.Effects.Any(f => f is InstanceEffect.Spawn) && before.Phase is InstancePhase.Backoff or InstancePhase.Parked && !IsRefused(before))
            {
                starts.Add(now);
            }

            return starts.Count(at => now - at < Policies.Restart.Window) <= Policies.Restart.MaxRestarts + 1;
        });

        static bool IsRefused(InstanceState state) => state.Because == "refused";
    });

    [Fact]
    public void The_window_is_emptied_by_time_and_explicit_starts_only() => ForAll(history => Live(history, (before, e, t, now) =>
        t.Next.Stamp > before.Stamp || t.Next.Exits.Length >= before.Exits.Count(at => now - at < Policies.Restart.Window)));

    [Fact]
    public void Only_what_became_ready_in_this_generation_serves() => ForAll(history =>
    {
        var readyIn = -1;
        return Live(history, (before, e, t, _) =>
        {
            readyIn = e.Kind is InstanceEventKind.ProbePassed && before.Phase is InstancePhase.Starting ? before.Generation : readyIn;
            return !t.Next.Serves || readyIn == t.Next.Generation;
        });
    });

    [Fact]
    public void A_drain_is_never_taken_back() => ForAll(history => Live(history, (before, e, t, _) =>
        before.Phase is not InstancePhase.Draining || t.Next.Phase is not InstancePhase.Running || t.Next.Generation > before.Generation));

    [Fact]
    public void Whatever_is_unfinished_has_a_timer() => ForAll(history => Live(history, (_, _, t, _) => t.Next.Phase switch
    {
        InstancePhase.Starting or InstancePhase.Draining or InstancePhase.Stopping or InstancePhase.Backoff => t.Next.Due is not null,
        InstancePhase.Waiting or InstancePhase.Stopped => t.Next.Due is null,
        InstancePhase.Running or InstancePhase.Parked => true,
    }));

    [Fact]
    public void Every_transition_says_why() => ForAll(history => Live(history, (before, _, t, _) =>
        t.Because.Length > 0 && t.Next.Because.Length is > 0 and < 600 && (t.Next.Phase == before.Phase || t.Next.Because != "")));

    [Fact]
    public void The_restart_delay_grows_and_stays_between_its_bounds() => Check.One(Many, Prop.ForAll(
        Gen.Choose(1, 10_000).Zip(Gen.Choose(0, 100), (streak, chance) => (streak, chance: chance / 100.0)).ToArbitrary(),
        x =>
        {
            var delay = RestartBrake.Delay(x.streak, x.chance, Policies.Restart);
            return delay >= RestartBrake.LeastDelay
                && delay <= Policies.Restart.BackoffMax
                && RestartBrake.Delay(x.streak + 1, x.chance, Policies.Restart) >= delay;
        }));

    private static void ForAll(Func<Happening[], bool> holds) => Check.One(Many, Prop.ForAll(Histories, holds));

    /// <summary>Runs a history on the machine, leaving out what no kernel can do, and asks <paramref name="holds"/> at each step.</summary>
    private static bool Live(Happening[] history, Func<InstanceState, InstanceEvent, Transition, TimeSpan, bool> holds)
    {
        var (state, now, stamp) = (InstanceState.Initial, TimeSpan.Zero, 1);
        foreach (var happening in history)
        {
            now += TimeSpan.FromMilliseconds(happening.Millis);
            stamp += happening.Number < 4 ? 1 : 0;
            if (EventOf(happening, state, stamp, now) is not { } e)
            {
                continue;
            }

            var transition = InstanceMachine.Next(state, e, Policies.Probed, now);
            if (!holds(state, e, transition, now))
            {
                return false;
            }

            state = transition.Next;
        }

        return true;
    }

    private static InstanceEvent? EventOf(Happening happening, InstanceState state, int stamp, TimeSpan now)
    {
        var (generation, chance, fresh) = (state.Generation, happening.Number / 100.0, now == state.StartedAt && state.Phase is InstancePhase.Starting);

        // A spawn may take its time before it fails, and orders and timers go on meanwhile.
        var failing = state.HasProcess && now - state.StartedAt < TimeSpan.FromSeconds(2);
        return happening.Kind switch
        {
            InstanceEventKind.StartAsked => InstanceEvent.StartAsked(stamp, "a start was asked"),
            InstanceEventKind.RestartAsked => InstanceEvent.RestartAsked(stamp, "a restart was asked"),
            InstanceEventKind.StopAsked => InstanceEvent.StopAsked("a stop was asked"),
            InstanceEventKind.HurryAsked => InstanceEvent.HurryAsked,
            InstanceEventKind.WaitAsked => InstanceEvent.WaitAsked(stamp, "waits for db"),
            InstanceEventKind.SpawnFailed => failing ? InstanceEvent.SpawnFailed(generation, "no such file", chance) : null,
            InstanceEventKind.StartRefused => fresh ? InstanceEvent.StartRefused(generation, "refused") : null,
            InstanceEventKind.Exited => state.HasProcess ? InstanceEvent.Exited(generation, new ExitStatus(happening.Number % 3, null), chance) : null,
            InstanceEventKind.TimerFired => state.Due is { } due && due <= now ? InstanceEvent.TimerFired(due) : null,
            InstanceEventKind.ProbePassed => InstanceEvent.ProbePassed(generation - (happening.Number % 2), happening.Number > 80, "200 OK"),
            InstanceEventKind.ProbeFailed => InstanceEvent.ProbeFailed(generation - (happening.Number % 2), "refused"),
            InstanceEventKind.NotifiedReady => InstanceEvent.NotifiedReady(generation),
            InstanceEventKind.WatchdogPinged => InstanceEvent.WatchdogPinged(generation),
            InstanceEventKind.WatchdogTriggered => InstanceEvent.WatchdogTriggered(generation),
            InstanceEventKind.TimeoutExtended => InstanceEvent.TimeoutExtended(generation, TimeSpan.FromSeconds(happening.Number)),
            InstanceEventKind.Drained => InstanceEvent.Drained(generation, "idle"),
            InstanceEventKind.MemorySampled => InstanceEvent.MemorySampled(generation, happening.Number * 6_000_000L),
            InstanceEventKind.Resumed => InstanceEvent.Resumed(),
        };
    }
}
