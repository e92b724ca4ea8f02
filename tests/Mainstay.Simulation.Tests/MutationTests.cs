using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Simulation.Tests.World;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Services;

namespace Mainstay.Simulation.Tests;

/// <summary>Bugs planted on purpose, one of each kind. A simulation that does not notice them would prove nothing by its silence.</summary>
public class MutationTests
{
    /// <summary>Most are found within a few dozen histories, the shyest within a few hundred; this is far more than enough, and still seconds.</summary>
    private const int Histories = 3000;

    public static TheoryData<string> InstanceBugs => [.. OfInstances.Keys];

    public static TheoryData<string> ServiceBugs => [.. OfServices.Keys];

    public static TheoryData<string> PlanBugs => [.. OfPlans.Keys];

    public static TheoryData<string> HostBugs => [.. OfHosts.Keys];

    private static Dictionary<string, Func<InstanceState, InstanceEvent, Transition, TimeSpan, Transition>> OfInstances { get; } = new()
    {
        ["a crash is answered at once"] = (before, e, t, now) =>
            t.Next.Phase is InstancePhase.Backoff && before.Phase is not InstancePhase.Backoff ? With(t, s => s with { Due = now }) : t,
        ["becoming ready empties the window"] = (before, e, t, now) =>
            t.Next.Phase is InstancePhase.Running && before.Phase is InstancePhase.Starting ? With(t, s => s with { Exits = [], Streak = 0 }) : t,
        ["the limit of restarts is not looked at"] = (before, e, t, now) =>
            t.Next.Phase is InstancePhase.Parked && t.Next.Stamp > 0 && t.Next.EverReady ? With(t, s => s with { Phase = InstancePhase.Backoff, Due = now + TimeSpan.FromMilliseconds(300) }) : t,
        ["a started process counts as ready"] = (before, e, t, now) =>
            e.Kind is InstanceEventKind.ProbeFailed && before.Phase is InstancePhase.Starting ? With(t, s => s with { Phase = InstancePhase.Running, Ready = true, EverReady = true, Due = null }) : t,
        ["a late probe brings a draining instance back"] = (before, e, t, now) =>
            e.Kind is InstanceEventKind.ProbePassed && before.Phase is InstancePhase.Draining && before.Wish is Wish.Down ? With(t, s => s with { Phase = InstancePhase.Running, Wish = Wish.Up, Ending = EndReason.None, Due = null }) : t,
        ["the grace is over and nothing is killed"] = (before, e, t, now) => t with { Effects = t.Effects.RemoveAll(f => f is InstanceEffect.KillTree && before.Phase is InstancePhase.Stopping && e.Kind is InstanceEventKind.TimerFired) },
        ["what an ended process leaves behind is left"] = (before, e, t, now) => t with { Effects = t.Effects.RemoveAll(f => f is InstanceEffect.KillTree && e.Kind is InstanceEventKind.Exited) },
        ["a stop during the restart delay leaves the timer on"] = (before, e, t, now) =>
            e.Kind is InstanceEventKind.StopAsked && before.Phase is InstancePhase.Backoff ? new(before with { Wish = Wish.Down }, [], "") : t,
        ["an exit during the start is lost"] = (before, e, t, now) =>
            e.Kind is InstanceEventKind.Exited && before.Phase is InstancePhase.Starting ? new(before with { Due = null }, [], "") : t,
        ["a spawn that fails under a stop is not heard of"] = (before, e, t, now) =>
            e.Kind is InstanceEventKind.SpawnFailed && before.Phase is InstancePhase.Stopping ? new(before, [], "") : t,
        ["a restart does not wait for the old process"] = (before, e, t, now) =>
            e.Kind is InstanceEventKind.Drained && before.Ending is EndReason.Restart ? new(before with { Phase = InstancePhase.Starting, Generation = before.Generation + 1, Due = now + TimeSpan.FromSeconds(20), Ending = EndReason.None }, [new InstanceEffect.Spawn()], "") : t,
    };

    private static Dictionary<string, Func<ServiceRecord, ServiceSeen, ServiceSeen>> OfServices { get; } = new()
    {
        ["a successor is promoted before it is ready"] = (record, seen) => Lanes(seen, l =>
            l is { Lane.Role: LaneRole.Successor, State.Phase: InstancePhase.Starting } ? l with { State = l.State with { Phase = InstancePhase.Running } } : l),
        ["a failed successor is promoted"] = (record, seen) => Lanes(seen, l =>
            l is { Lane.Role: LaneRole.Successor, State.Phase: InstancePhase.Parked } ? l with { State = l.State with { Phase = InstancePhase.Running } } : l),
        ["an instance that ends is never taken off the books"] = (record, seen) => Lanes(seen, l =>
            l is { Lane.Role: LaneRole.Retiring, State.Phase: InstancePhase.Stopped } ? l with { State = l.State with { Phase = InstancePhase.Stopping } } : l),
        ["a draining instance is offered"] = (record, seen) => Lanes(seen, l =>
            l.State is { Phase: InstancePhase.Draining } ? l with { Lane = l.Lane with { Role = LaneRole.Current }, State = l.State with { Phase = InstancePhase.Running, Wish = Wish.Up, Health = Health.Healthy } } : l),
    };

    private static Dictionary<string, Func<ServicePlan, ServicePlan>> OfPlans { get; } = new()
    {
        ["the edge is not told of drains"] = plan => plan with { Steps = plan.Steps.RemoveAll(s => s is ServiceStep.Publish { Traffic: var traffic } && traffic.Endpoints.Any(e => e.Draining)) },
        ["nothing is ever stopped"] = plan => plan with { Steps = plan.Steps.RemoveAll(s => s is ServiceStep.Stop) },
        ["requests are held and never let go"] = plan => plan with { Steps = [.. plan.Steps.Select(s => s is ServiceStep.Publish p ? p with { Traffic = p.Traffic with { Hold = true } } : s)] },
    };

    private static Dictionary<string, Action<SimWorld>> OfHosts { get; } = new()
    {
        ["a spawn is not written down before it is done"] = world => world.Journal.Loses = put => put.Kind == "instance" && put.Json.Contains("\"phase\":\"starting\"", StringComparison.Ordinal) && !put.Json.Contains("\"process\"", StringComparison.Ordinal),
        ["a new daemon does not look for what runs"] = world => world.IsBlind = true,
        ["explicit stops are not written down"] = world => world.Journal.Loses = put => put.Kind == "service" && !put.Json.Contains("\"wish\":\"", StringComparison.Ordinal),
        ["promotions are not written down"] = world => world.Journal.Loses = put => put.Kind == "service" && put.Json.Contains("served by its successor", StringComparison.Ordinal),
    };

    [Theory]
    [MemberData(nameof(InstanceBugs))]
    public void A_bug_in_the_table_is_noticed(string bug) => Assert.True(IsNoticed(world => world.DecideInstance = (state, e, policy, now) => OfInstances[bug](state, e, InstanceMachine.Next(state, e, policy, now), now)), bug);

    [Theory]
    [MemberData(nameof(ServiceBugs))]
    public void A_bug_in_the_planner_is_noticed(string bug) => Assert.True(IsNoticed(world => world.DecideService = (record, seen, holdMax) => ServicePlanner.Plan(record, OfServices[bug](record, seen), holdMax)), bug);

    [Theory]
    [MemberData(nameof(PlanBugs))]
    public void A_bug_in_the_steps_is_noticed(string bug) => Assert.True(IsNoticed(world => world.DecideService = (record, seen, holdMax) => OfPlans[bug](ServicePlanner.Plan(record, seen, holdMax))), bug);

    [Theory]
    [MemberData(nameof(HostBugs))]
    public void A_bug_in_what_is_remembered_is_noticed(string bug) => Assert.True(IsNoticed(OfHosts[bug]), bug);

    private static bool IsNoticed(Action<SimWorld> plant)
    {
        for (var seed = 1; seed <= Histories; seed++)
        {
            if (Live(seed, plant) is { } broken)
            {
                Assert.Null(Live(seed, _ => { }));
                TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {broken}");
                return true;
            }
        }

        return false;
    }

    private static string? Live(int seed, Action<SimWorld> plant)
    {
        var world = new SimWorld(seed);
        plant(world);
        try
        {
            var history = new SimHistory(world);
            if (seed % 2 == 0)
            {
                history.Smooth();
            }
            else
            {
                history.Rough();
            }

            return null;
        }
        catch (InvariantBrokenException e)
        {
            return e.Message;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    private static Transition With(Transition transition, Func<InstanceState, InstanceState> change) => transition with { Next = change(transition.Next) };

    private static ServiceSeen Lanes(ServiceSeen seen, Func<LaneSeen, LaneSeen> change) => seen with { Lanes = [.. seen.Lanes.Select(change)] };
}
