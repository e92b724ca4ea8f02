using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Services;

namespace Mainstay.Supervisor.Stacks;

/// <summary>What the acts of users do to the records. Pure: the operation's number makes each idempotent, and the planner does the rest.</summary>
internal static class StackChanges
{
    /// <summary>The manifest as a whole: what is new is added, what differs is reloaded, what is gone goes. With <paramref name="only"/>, just these and what they need.</summary>
    public static StackChange Apply(StackState state, AppliedStack wanted, ImmutableArray<ServiceName> only, long operation)
    {
        var chosen = only.IsDefaultOrEmpty
            ? wanted.Spec.Services.Select(s => s.Name).ToHashSet()
            : Dependencies.Closure(only, wanted.Spec.Find);
        var services = state.Services;
        foreach (var service in wanted.Services.Where(s => chosen.Contains(s.Spec.Name)))
        {
            var known = services.GetValueOrDefault(service.Spec.Name);
            services = services.SetItem(service.Spec.Name, known is null ? Added(service, operation) : Changed(known, service, operation, state.Needy.Contains(known.Name)));
        }

        var gone = only.IsDefaultOrEmpty ? services.Keys.Where(name => wanted.Spec.Find(name) is null).ToImmutableArray() : [];
        services = services.SetItems(gone.Select(name => new KeyValuePair<ServiceName, ServiceRecord>(name, Gone(services[name], operation))));
        return new(
            state with { Stack = new(wanted.Spec, operation), Services = services },
            [.. wanted.Spec.Services.Select(s => s.Name).Where(chosen.Contains), .. gone]);
    }

    public static StackChange Act(StackState state, ActionVerb verb, ImmutableArray<ServiceName> named, long operation)
    {
        var names = named.IsDefaultOrEmpty ? [.. state.Services.Keys] : named;
        if (names.FirstOrDefault(name => !state.Services.ContainsKey(name)) is { Value: not null } unknown)
        {
            return Refuse(state, $"there is no service \"{unknown}\"{Known(state)}");
        }

        var all = verb is ActionVerb.Start
            ? [.. Dependencies.Closure(names, name => state.Services.GetValueOrDefault(name)?.Spec).Where(name => names.Contains(name) || state.Services[name].Wish is not ServiceWish.Up)]
            : names;
        var services = state.Services.SetItems(all.Select(name => new KeyValuePair<ServiceName, ServiceRecord>(name, Acted(state.Services[name], verb, operation))));
        return new(state with { Stack = state.Stack with { Operation = operation }, Services = services }, [.. all.Order()]);
    }

    public static StackChange Scale(StackState state, ServiceName name, int count, long operation)
    {
        if (!state.Services.TryGetValue(name, out var record))
        {
            return Refuse(state, $"there is no service \"{name}\"{Known(state)}");
        }

        if (count is < 0 or > MaxInstances)
        {
            return Refuse(state, $"{count} instances of {name} cannot be: it is from 0 to {MaxInstances}");
        }

        if (count > 1 && record.Spec.Port.Kind is PortKind.Fixed)
        {
            return Refuse(state, $"{name} listens on the fixed port {record.Spec.Port.Number}, which only one instance can; declare port: auto to run more");
        }

        var scaled = record with { Count = count, Wish = ServiceWish.Up, Operation = operation, Setback = null, Because = ServiceRecord.Wants(count) };
        return new(state with { Stack = state.Stack with { Operation = operation }, Services = state.Services.SetItem(name, scaled) }, [name]);
    }

    public static StackChange Down(StackState state, long operation) => new(
        state with
        {
            Stack = state.Stack with { Operation = operation, Framed = false },
            Services = state.Services.SetItems(state.Services.Select(s => new KeyValuePair<ServiceName, ServiceRecord>(s.Key, Gone(s.Value, operation)))),
        },
        [.. state.Services.Keys]);

    /// <summary>More is a slip of the finger.</summary>
    private const int MaxInstances = 1000;

    private static string Known(StackState state) => state.Services.IsEmpty ? "; nothing was applied yet" : $"; there are {string.Join(", ", state.Services.Keys)}";

    /// <summary>One step of a rollout: what waits at the gate takes over if it may, and the next batch starts. A service that is new simply starts.</summary>
    public static StackChange Advance(StackState state, AppliedService to, int batch, bool promote, long operation)
    {
        var name = to.Spec.Name;
        var next = state.Services.TryGetValue(name, out var known)
            ? Advanced(known, to, batch, promote, operation)
            : Added(to, operation) with { OnTrial = true, Gate = FirstGate.Closed };
        return new(state with { Stack = state.Stack with { Operation = operation }, Services = state.Services.SetItem(name, next) }, [name]);
    }

    /// <summary>A rollout is undone: the service goes back to a release, all slots at once; without one it goes.</summary>
    public static StackChange Return(StackState state, ServiceName name, AppliedService? to, long operation)
    {
        if (!state.Services.TryGetValue(name, out var known))
        {
            // It served before: nobody has to judge it again.
            return to is null
                ? new(state, [])
                : new(state with { Stack = state.Stack with { Operation = operation }, Services = state.Services.SetItem(name, Added(to, operation)) }, [name]);
        }

        var back = to is null ? Gone(known, operation) : Towards(Risen(known, operation) with { Gate = FirstGate.Open }, to, operation, $"{to.Release} comes back", new(Math.Max(1, known.Count), Gated: false, [], Insistent: true));
        return new(state with { Stack = state.Stack with { Operation = operation }, Services = state.Services.SetItem(name, back) }, [name]);
    }

    /// <summary>The rollout has ended: what serves is what is meant to.</summary>
    public static StackChange Settle(StackState state, long operation) => new(
        state with
        {
            Stack = state.Stack with { Operation = operation },
            Services = state.Services.SetItems(state.Services.Where(s => s.Value.OnTrial).Select(s => new KeyValuePair<ServiceName, ServiceRecord>(s.Key, s.Value with { OnTrial = false, Gate = FirstGate.Open }))),
        },
        []);

    private static ServiceRecord Advanced(ServiceRecord record, AppliedService to, int batch, bool promote, long operation)
    {
        // They were judged well and then failed: that is the end of this rollout, not the beginning of another try.
        if (promote && record.Setback is { } setback)
        {
            return record with { Operation = operation, Setback = setback with { Operation = operation } };
        }

        // Only those may take over that somebody has looked at: what comes after them waits at its own gate.
        var passed = promote && record.Reload is { Stage: ReloadStage.Going, IsGated: true }
            ? record.Lanes.Where(l => l.Role is LaneRole.Successor).Select(l => l.Key).ToImmutableArray()
            : [];
        return Towards(Risen(record, operation), to, operation, $"rollout of {to.Release}", new(Math.Max(1, batch), Gated: true, passed)) with
        {
            OnTrial = true,
            Gate = promote && record.IsUnproven ? FirstGate.Opening : record.Gate,
        };
    }

    private static ServiceRecord Risen(ServiceRecord record, long operation) => record with
    {
        Wish = ServiceWish.Up,
        Stamp = record.Wish is ServiceWish.Up ? record.Stamp : record.Stamp + 1,
        Operation = operation,
        Setback = null,
    };

    private static StackChange Refuse(StackState state, string because) => new(state, [], because);

    private static ServiceRecord Added(AppliedService service, long operation) => new(
        service.Spec.Name,
        ServiceWish.Up,
        Release: 1,
        service.Spec.Instances,
        Stamp: 1,
        RestartStamp: 0,
        NextLane: 1,
        NextRelease: 2,
        Lanes: [],
        Releases: [new(1, service.Revision, service.Release, service.Spec, service.Environment)],
        Reload: null,
        Setback: null,
        operation,
        "was added and has not started yet");

    private static ServiceRecord Gone(ServiceRecord record, long operation) =>
        record with { Wish = ServiceWish.Gone, Operation = operation, Setback = null, Because = "is no longer wanted" };

    private static ServiceRecord Changed(ServiceRecord record, AppliedService service, long operation, bool needy)
    {
        var started = record with
        {
            Wish = ServiceWish.Up,
            Count = service.Spec.Instances,
            Gate = FirstGate.Open,
            Stamp = needy || record.Wish is not ServiceWish.Up ? record.Stamp + 1 : record.Stamp,
            Operation = operation,
            Setback = null,
        };
        return Towards(started, service, operation, "the manifest changed");
    }

    /// <summary>Policy is written into the release that has these processes; other processes need a reload.</summary>
    /// <param name="pace">Null: slot by slot.</param>
    private static ServiceRecord Towards(ServiceRecord record, AppliedService service, long operation, string because, PaceRecord? pace = null)
    {
        var goal = record.Reload is { Stage: not ReloadStage.Undoing } going ? going.To : record.Release;
        if (record.Find(goal).Revision == service.Revision)
        {
            return WithPolicy(record, goal, service) with { Reload = Continued(record, service.Revision, operation, pace) };
        }

        if (record.Wanted.Revision == service.Revision)
        {
            // A reload is under way, and the user wants back what was before: what has not changed yet stays, the rest goes back.
            return WithPolicy(record, record.Release, service) with { Reload = new(record.Release, ReloadStage.Pending, operation, $"{service.Release} is wanted again", pace) };
        }

        var number = record.NextRelease;
        return record with
        {
            NextRelease = number + 1,
            Releases = record.Releases.Add(new(number, service.Revision, service.Release, service.Spec, service.Environment)),
            Reload = new(number, ReloadStage.Pending, operation, because, pace),
        };
    }

    /// <summary>A reload to the same end goes on under the new operation; instances that a failed one left behind on another release are brought back.</summary>
    private static ReloadRecord? Continued(ServiceRecord record, string revision, long operation, PaceRecord? pace) => record.Reload switch
    {
        { } same => same with { Operation = operation, Pace = pace },
        null when record.Lanes.Any(l => l.Role is LaneRole.Current && record.Find(l.Release).Revision != revision) => new(record.Release, ReloadStage.Pending, operation, "some instances ran another release", pace),
        null => null,
    };

    private static ServiceRecord WithPolicy(ServiceRecord record, int release, AppliedService service)
    {
        var known = record.Find(release);
        return record with { Releases = record.Releases.Replace(known, known with { Spec = service.Spec, Environment = service.Environment }) };
    }

    private static ServiceRecord Acted(ServiceRecord record, ActionVerb verb, long operation)
    {
        var clean = record with { Operation = operation, Setback = null };
        return verb switch
        {
            ActionVerb.Start => clean with { Wish = ServiceWish.Up, Stamp = record.Stamp + 1, Because = "a start was asked" },
            ActionVerb.Stop => clean with { Wish = ServiceWish.Down, Because = "a stop was asked" },
            ActionVerb.Restart => clean with { Wish = ServiceWish.Up, Stamp = record.Stamp + 1, RestartStamp = record.Stamp + 1, Because = "a restart was asked" },
            ActionVerb.Reload => Reloaded(clean, operation),
        };
    }

    private static ServiceRecord Reloaded(ServiceRecord record, long operation)
    {
        var goal = record.Reload is { Stage: not ReloadStage.Undoing } going ? record.Find(going.To) : record.Wanted;
        var number = record.NextRelease;
        return record with
        {
            Wish = ServiceWish.Up,
            Stamp = record.Wish is ServiceWish.Up ? record.Stamp : record.Stamp + 1,
            NextRelease = number + 1,
            Releases = record.Releases.Add(goal with { Number = number }),
            Reload = new(number, ReloadStage.Pending, operation, "a reload was asked"),
        };
    }
}
