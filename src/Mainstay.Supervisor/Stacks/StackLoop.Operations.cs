using System.Collections.Immutable;
using System.Text.Json;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Journal;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Adoption;
using Mainstay.Supervisor.Diagnosis;
using Mainstay.Supervisor.Services;

namespace Mainstay.Supervisor.Stacks;

/// <summary>Acts of users: one batch in the journal, and then waiting until every service concerned has arrived.</summary>
internal sealed partial class StackLoop
{
    /// <summary>No operation is waited for longer than this. What it set in motion goes on.</summary>
    private static readonly TimeSpan LongestOperation = TimeSpan.FromMinutes(30);

    private void Begin(Operation operation)
    {
        try
        {
            Undertake(operation);
        }
        catch (Exception fault)
        {
            Abandon(operation, fault);
        }
    }

    /// <summary>Whoever asked must hear something, and the next act must have its turn, whatever is broken in Mainstay.</summary>
    private void Abandon(Operation operation, Exception fault)
    {
        _context.Logger.OperationFault(fault, operation.Verb);
        _operation = _operation == operation ? null : _operation;
        _background.Add(operation.EndAsync(Faulty(operation, fault)));
    }

    private void GiveWay(string because)
    {
        if (_operation is { } operation)
        {
            _operation = null;
            _background.Add(operation.EndAsync(new(ExitCode.Failed, $"{operation.Verb} was given up: {because}", [], [])));
        }
    }

    private static OperationResult Faulty(Operation operation, Exception fault) =>
        new(ExitCode.Failed, $"{operation.Verb} met a fault of Mainstay's own ({fault.Message}); what it set in motion goes on", [], []);

    private void Undertake(Operation operation)
    {
        var before = State();
        operation.Number = _stack.Operation + 1;
        var change = operation.Change(before, operation.Number);
        if (change.Refused is { } refused)
        {
            _background.Add(operation.EndAsync(new(ExitCode.WrongUsage, refused, [], [])));
            return;
        }

        var after = change.State;
        var changed = after.Services.Values.Where(s => !ReferenceEquals(s, before.Services.GetValueOrDefault(s.Name))).Select(s => s.Tidy()).ToImmutableArray();
        try
        {
            _context.Ledger.Commit(new(
                [PutStack(after.Stack), .. changed.Select(Put)],
                [],
                [_context.Ledger.Event($"operation.{operation.Verb}", null, null, $"{operation.Verb} was asked for {Enumerate(change.Targets)}")]));
        }
        catch (JournalException e)
        {
            operation.WasNotWritten = true;
            _background.Add(operation.EndAsync(new(ExitCode.Failed, $"nothing was done: the journal cannot be written ({e.Message}); what runs goes on", [], [])));
            return;
        }

        _context.Logger.OperationBegan(operation.Number, operation.Verb);
        _stack = after.Stack;
        operation.Targets = change.Targets;
        operation.StartedAt = _context.Clock.Now;
        foreach (var record in changed)
        {
            if (_actors.TryGetValue(record.Name, out var known))
            {
                known.Record = record;
                known.ReloadFailure = record.Setback is null ? null : known.ReloadFailure;
            }
            else
            {
                _actors[record.Name] = new(record, _context);
            }
        }

        _operation = operation;
        Surround();
    }

    /// <summary>What instances must know of the stack may have changed for each of them.</summary>
    /// <param name="start">Done to each before it is reconciled.</param>
    private void Surround(Action<ServiceActor>? start = null)
    {
        var oneShots = _actors.Values.SelectMany(a => a.Record.Releases)
            .SelectMany(r => r.Spec.DependsOn)
            .Where(d => d.Condition is DependencyCondition.Completed)
            .Select(d => d.On)
            .ToImmutableHashSet();
        _surroundings = new(_stack.Spec?.Name.Value ?? "", _stack.Spec?.Edge.WsDrain ?? TimeSpan.Zero, oneShots);
        _externals.Watch(_stack.Spec?.External ?? []);
        foreach (var actor in _actors.Values)
        {
            start?.Invoke(actor);
            Reconcile(actor);
            _dirty.Add(actor.Name);
        }
    }

    private StackState State() => new(
        _stack,
        _actors.ToImmutableSortedDictionary(a => a.Key, a => a.Value.Record),
        [.. _actors.Values.Where(IsNeedy).Select(a => a.Name)]);

    private static bool IsNeedy(ServiceActor actor) => actor.See(DependenciesSeen.AllThere).Lanes.Any(l =>
        l.Lane.Role is LaneRole.Current && (l.State.Phase is InstancePhase.Parked or InstancePhase.Backoff || (l.State.Phase is InstancePhase.Stopped && !l.State.Completed)));

    /// <summary>Ends the operation when every service has arrived, or has shown that it will not.</summary>
    private void Judge()
    {
        if (_operation is not { } operation)
        {
            return;
        }

        try
        {
            Judge(operation);
        }
        catch (Exception fault)
        {
            Abandon(operation, fault);
        }
    }

    private void Judge(Operation operation)
    {
        var neighbours = new Neighbourhood(_actors, _externals.Status);
        var verdicts = operation.Targets.Select(name => Judge(name, neighbours, operation)).ToImmutableArray();
        var waited = _context.Clock.Now - operation.StartedAt;
        var going = verdicts.Where(v => v.Verdict.Kind is VerdictKind.Going).ToList();
        var onlyWaits = going.All(v => v.Verdict.Lane?.State.Phase is InstancePhase.Waiting);
        if (going.Count > 0 && !(onlyWaits && waited >= _context.Options.ExternalWait) && waited < LongestOperation)
        {
            return;
        }

        _operation = null;
        _background.Add(EndAsync(operation, verdicts));
    }

    private Arrival Judge(ServiceName name, Neighbourhood neighbours, Operation operation)
    {
        var (record, seen) = neighbours.Find(name) is { } neighbour ? (neighbour.Record, neighbour.Seen) : (null, new ServiceSeen([], DependenciesSeen.AllThere, null, null));
        return new(name, ServiceVerdict.Of(record, seen, operation.Number), record, seen, _actors.GetValueOrDefault(name)?.ReloadFailure, FailureOfAsync(name, record, seen, operation));
    }

    private Task<FailureFacts>? FailureOfAsync(ServiceName name, ServiceRecord? record, ServiceSeen seen, Operation operation)
    {
        var verdict = ServiceVerdict.Of(record, seen, operation.Number);
        return verdict.Lane is { } lane && _actors.TryGetValue(name, out var actor) ? actor.Find(lane.Lane.Key)?.Failure : null;
    }

    private async Task EndAsync(Operation operation, ImmutableArray<Arrival> arrivals)
    {
        var result = await ReportAsync(operation, arrivals);
        try
        {
            _context.Logger.OperationEnded(operation.Number, operation.Verb, result.Summary);
            _context.Ledger.Save(new([], [], [_context.Ledger.Event(result.ExitCode is ExitCode.Done ? "operation.done" : "operation.failed", null, null, result.Summary)]));
        }
        finally
        {
            await operation.EndAsync(result);
        }
    }

    private async Task<OperationResult> ReportAsync(Operation operation, ImmutableArray<Arrival> arrivals)
    {
        try
        {
            return await OperationReport.OfAsync(operation, arrivals, _context.Ports.Explain);
        }
        catch (Exception fault)
        {
            _context.Logger.OperationFault(fault, operation.Verb);
            return Faulty(operation, fault);
        }
    }

    private static string Enumerate(ImmutableArray<ServiceName> names) => names.Length switch
    {
        0 => "nothing",
        <= 5 => string.Join(", ", names),
        _ => $"{names.Length} services",
    };

    private static JournalPut PutStack(StackRecord stack) => new(RecordKind.Home, StackKey, JsonSerializer.Serialize(stack, SupervisorJson.Default.StackRecord));
}
