using FsCheck;
using FsCheck.Fluent;
using Mainstay.Daemon.Edge;
using Mainstay.Testing;

namespace Mainstay.Daemon.Tests.Edge;

public class EdgeMachineTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 1, 0, TimeSpan.Zero);

    private static EdgeState In(EdgePhase phase, int failures = 0, bool again = false, bool young = false) => phase switch
    {
        EdgePhase.Absent => EdgeState.Initial with { LastWorker = 2 },
        EdgePhase.Starting => new(phase, 0, 2, 2, failures, again, DateTimeOffset.MinValue),
        EdgePhase.Running => new(phase, 2, 0, 2, failures, false, young ? Now.AddSeconds(-1) : Now.AddMinutes(-1)),
        EdgePhase.Replacing => new(phase, 1, 2, 2, failures, again, Now.AddMinutes(-1)),
        EdgePhase.Backoff => new(phase, 0, 0, 2, failures, false, DateTimeOffset.MinValue),
    };

    [Fact]
    public void The_whole_table_reads_as_agreed()
    {
        var rows =
            from phase in Enum.GetValues<EdgePhase>()
            from again in phase is EdgePhase.Starting or EdgePhase.Replacing ? [false, true] : new[] { false }
            from young in phase is EdgePhase.Running ? [false, true] : new[] { false }
            from kind in Enum.GetValues<EdgeEventKind>()
            from worker in kind is EdgeEventKind.Serving or EdgeEventKind.Exited ? [1, 2] : new[] { 0 }
            let before = In(phase, failures: young ? 1 : 0, again, young)
            let t = EdgeMachine.Next(before, new(kind, worker, Now), Now)
            select $"{phase,-9}{(again ? " again" : "")}{(young ? " young" : "")} + {kind}{(worker > 0 ? $"({worker})" : "")} -> {t.Next.Phase} current={t.Next.Current} successor={t.Next.Successor} [{string.Join(", ", t.Effects)}] {t.Because}";
        Golden.Match(string.Join('\n', rows) + "\n", "edge-machine.txt");
    }

    [Fact]
    public void A_worker_that_dies_after_serving_long_is_replaced_at_once()
    {
        var next = EdgeMachine.Next(In(EdgePhase.Running), new(EdgeEventKind.Exited, 2, Now), Now);

        Assert.Equal(new EdgeEffect.Spawn(3), Assert.Single(next.Effects));
    }

    [Fact]
    public void A_successor_that_never_served_leaves_the_old_worker_in_place()
    {
        var next = EdgeMachine.Next(In(EdgePhase.Replacing), new(EdgeEventKind.Exited, 2, Now), Now);

        Assert.Equal(EdgePhase.Running, next.Next.Phase);
        Assert.Equal(1, next.Next.Current);
        Assert.Empty(next.Effects);
    }

    [Fact]
    public void Workers_that_keep_dying_are_never_spawned_faster_than_the_delay_allows() =>
        Prop.ForAll(Gen.Choose(2, 40).ToArbitrary(), deaths =>
        {
            var (state, now, immediate) = (EdgeMachine.Next(EdgeState.Initial, new(EdgeEventKind.Wanted), Now).Next, Now, 0);
            for (var i = 0; i < deaths; i++)
            {
                state = EdgeMachine.Next(state, new(EdgeEventKind.Serving, state.Successor, now), now).Next;
                var died = EdgeMachine.Next(state, new(EdgeEventKind.Exited, state.Current, now), now);
                immediate += died.Effects.OfType<EdgeEffect.Spawn>().Count();
                state = died.Next;
                if (died.Effects.OfType<EdgeEffect.ArmTimer>().SingleOrDefault() is { } timer)
                {
                    now += timer.Delay;
                    state = EdgeMachine.Next(state, new(EdgeEventKind.TimerFired, 0, now), now).Next;
                }
            }

            return immediate <= 1;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void At_most_two_workers_are_ever_part_of_the_table() =>
        Prop.ForAll(Histories.ToArbitrary(), history =>
        {
            var state = EdgeState.Initial;
            var alive = new HashSet<int>();
            var draining = new HashSet<int>();
            foreach (var kind in history)
            {
                var worker = kind is EdgeEventKind.Serving ? state.Successor : kind is EdgeEventKind.Exited && state.Current > 0 ? state.Current : state.Successor;
                if (kind is EdgeEventKind.Exited or EdgeEventKind.Serving && !alive.Contains(worker))
                {
                    continue;
                }

                if (kind is EdgeEventKind.Exited)
                {
                    alive.Remove(worker);
                }

                var t = EdgeMachine.Next(state, new(kind, kind is EdgeEventKind.Adopted ? state.LastWorker + 1 : worker, Now), Now);
                if (kind is EdgeEventKind.Adopted && state.Phase is EdgePhase.Absent)
                {
                    alive.Add(state.LastWorker + 1);
                }

                foreach (var effect in t.Effects)
                {
                    if (effect is EdgeEffect.Spawn spawn && !alive.Add(spawn.Worker))
                    {
                        return false;
                    }

                    if (effect is EdgeEffect.Drain drain)
                    {
                        draining.Add(drain.Worker);
                        alive.Remove(drain.Worker);
                    }
                }

                state = t.Next;
                if (alive.Count > 2)
                {
                    return false;
                }
            }

            return !alive.Overlaps(draining);
        }).QuickCheckThrowOnFailure();

    private static Gen<EdgeEventKind[]> Histories => Gen.Elements(Enum.GetValues<EdgeEventKind>()).ArrayOf();
}
