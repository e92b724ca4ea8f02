using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Journal;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Adoption;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Services;

namespace Mainstay.Supervisor.Stacks;

/// <summary>The decision that the loop asks for each service; the simulation plugs in broken ones to show that it would notice.</summary>
internal delegate ServicePlan ServiceDecision(ServiceRecord record, ServiceSeen seen, TimeSpan holdMax);

/// <summary>
/// The one writer of all service records: a mailbox and a loop around <see cref="ServicePlanner"/>. Whatever happens, the services
/// that it concerns are planned again until nothing is left to do; so it makes no difference whether news came once, twice or in
/// another order, and a daemon that takes over needs nothing but the journal.
/// </summary>
internal sealed partial class StackLoop : IAsyncDisposable
{
    /// <summary>Each service has at most one message of its own in the mailbox; this is room for more services than one host carries.</summary>
    private const int MailboxSize = 16_384;

    private const string GoingAway = "the daemon is going away; the next one goes on";
    private const string NothingDone = "nothing was done: the daemon is going away";

    private readonly Channel<StackMessage> _mailbox = Channel.CreateBounded<StackMessage>(new BoundedChannelOptions(MailboxSize) { SingleReader = true });
    private readonly SortedDictionary<ServiceName, ServiceActor> _actors = [];
    private readonly SortedSet<ServiceName> _dirty = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly BackgroundTasks _background;
    private readonly RunnerContext _context;
    private readonly ServiceDecision _decide;
    private readonly ExternalWatch _externals;
    private StackRecord _stack = new(null, 0);
    private StackContext _surroundings = new("", TimeSpan.Zero, []);
    private volatile Operation? _operation;
    private volatile StackView _view = StackView.Empty;
    private Task _loop = Task.CompletedTask;

    /// <param name="context">Makes what instances share, given who watches them: this loop.</param>
    public StackLoop(Func<IInstanceWatcher, RunnerContext> context, ServiceDecision decide)
    {
        _context = context(new Watcher(this));
        _decide = decide;
        _background = new(_context.Logger);
        _externals = new(_context, () => Post(new StackMessage.ExternalChanged()));
    }

    /// <summary>What everyone else may read, as of the last round.</summary>
    public StackView View => _view;

    public bool IsBusy => _operation is not null;

    public ImmutableArray<ExternalStatus> Externals => [.. _externals.Status.Values];

    public void Post(StackMessage message) => _mailbox.Writer.TryWrite(message);

    public void Run(Operation operation)
    {
        if (!_mailbox.Writer.TryWrite(new StackMessage.Begin(operation)))
        {
            operation.End(new(ExitCode.Failed, _closing.IsCancellationRequested ? NothingDone : "Mainstay has more to do than it can keep in mind; try again", [], []));
        }
    }

    /// <summary>Ends the loop and those of the instances. Every process lives on.</summary>
    public async ValueTask DisposeAsync()
    {
        _mailbox.Writer.TryComplete();
        _closing.Cancel();
        await _loop;
        await _externals.DisposeAsync();
        foreach (var runner in _actors.Values.SelectMany(a => a.Runners).ToList())
        {
            await runner.DisposeAsync();
        }

        await _background.EndedAsync();
        _operation?.End(new(ExitCode.Failed, GoingAway, [], []));
        while (_mailbox.Reader.TryRead(out var left))
        {
            (left as StackMessage.Begin)?.Operation.End(new(ExitCode.Failed, NothingDone, [], []));
        }

        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _mailbox.Reader.WaitToReadAsync(CancellationToken.None) && !_closing.IsCancellationRequested)
        {
            try
            {
                while (_mailbox.Reader.TryRead(out var message))
                {
                    Take(message);
                }

                Settle();
            }
            catch (Exception fault)
            {
                // A fault of ours must not end the loop.
                _context.Logger.LoopFault(fault);
            }
        }
    }

    private void Take(StackMessage message)
    {
        switch (message)
        {
            case StackMessage.Changed changed:
                _actors.GetValueOrDefault(changed.Service)?.Unpoke();
                _dirty.Add(changed.Service);
                break;
            case StackMessage.Published published:
                Confirm(published);
                break;
            case StackMessage.Begin begin:
                Begin(begin.Operation);
                break;
            case StackMessage.GiveWay(var because):
                GiveWay(because);
                break;
            case StackMessage.ExternalChanged or StackMessage.Tick:
                break;
        }

        // Whoever is on the way somewhere may have waited for exactly this.
        _dirty.UnionWith(_actors.Values.Where(IsUnderWay).Select(a => a.Name));
    }

    private static bool IsUnderWay(ServiceActor actor) =>
        actor.Record is { Reload: not null } or { Wish: not ServiceWish.Up, Lanes.Length: > 0 } || actor.Runners.Any(r => r.State.Phase is InstancePhase.Waiting);

    private void Settle()
    {
        var touched = new SortedSet<ServiceName>();
        while (_dirty.Count > 0)
        {
            var round = _dirty.ToList();
            touched.UnionWith(round);
            _dirty.Clear();
            var neighbours = new Neighbourhood(_actors, _externals.Status);
            foreach (var name in round)
            {
                if (_actors.TryGetValue(name, out var actor))
                {
                    Plan(actor, neighbours);
                }
            }
        }

        _view = _view.With(_stack, touched, _actors);
        Judge();
    }

    /// <summary>A fault of ours about one service must not end the care for the others of the round.</summary>
    private void Plan(ServiceActor actor, Neighbourhood neighbours)
    {
        try
        {
            PlanUntilSettled(actor, neighbours);
        }
        catch (Exception fault)
        {
            _context.Logger.PlanFault(fault, actor.Name.Value);
        }
    }

    private void PlanUntilSettled(ServiceActor actor, Neighbourhood neighbours)
    {
        const int TooMany = 2000;
        for (var round = 0; round < TooMany; round++)
        {
            var dependencies = Dependencies.Of(actor.Record, neighbours, _externals.Status);
            var plan = _decide(actor.Record, actor.See(dependencies), _context.Options.HoldMax);
            if (ReferenceEquals(plan.Record, actor.Record))
            {
                foreach (var step in plan.Steps)
                {
                    Execute(actor, step);
                }

                if (actor.Record is { Wish: ServiceWish.Gone, Lanes.IsEmpty: true })
                {
                    Forget(actor);
                }

                return;
            }

            Remember(actor, plan.Record);
            neighbours = new(_actors, _externals.Status);
        }

        _context.Logger.PlanningGoesInCircles(actor.Name.Value, TooMany);
    }

    private void Remember(ServiceActor actor, ServiceRecord next)
    {
        var before = actor.Record;
        if (next.Setback is { Skipped: false } && next.Setback != before.Setback
            && before.Lanes.FirstOrDefault(l => l.Role is LaneRole.Successor && next.Lanes.Any(n => n.Key == l.Key && n.Role is LaneRole.Retiring)) is { } failed)
        {
            actor.ReloadFailure = actor.Find(failed.Key)?.Failure;
        }

        var said = next.Because != before.Because;
        var removed = before.Lanes.Where(l => !next.Lanes.Any(n => n.Key == l.Key));
        _context.Ledger.Save(new(
            [Put(next)],
            [.. removed.Select(l => new JournalDelete(RecordKind.Instance, l.Key))],
            said ? [_context.Ledger.Event("service.changed", next.Name.Value, null, next.Because)] : []));
        actor.Record = next;
        Reconcile(actor);
        if (said)
        {
            _context.Logger.ServiceMoved(next.Name.Value, next.Because);
            Tell(new(_context.Ports.Time.GetUtcNow(), next.Name.Value, null, null, null, next.Because));
        }

        // Those who wait for this one are planned in the next round.
        _dirty.UnionWith(_actors.Values.Where(a => a != actor && IsUnderWay(a)).Select(a => a.Name));
    }

    private void Reconcile(ServiceActor actor)
    {
        foreach (var runner in actor.Reconcile(_surroundings))
        {
            _background.Add(runner.DisposeAsync().AsTask());
        }
    }

    private void Forget(ServiceActor actor)
    {
        _context.Ledger.Save(new([], [new(RecordKind.Service, actor.Name.Value)], [_context.Ledger.Event("service.removed", actor.Name.Value, null, "is no longer wanted and has stopped")]));
        _actors.Remove(actor.Name);
        _dirty.UnionWith(_actors.Values.Where(IsUnderWay).Select(a => a.Name));
    }

    private void Tell(OperationStep step)
    {
        // Read once: the operation may end on the loop while an instance tells.
        if (_operation is { } operation && step.Service is { } service && operation.Targets.Contains(ServiceName.From(service)))
        {
            try
            {
                operation.Tell(step);
            }
            catch (Exception fault)
            {
                // Told from the loops that start processes: whoever listens must not be able to stop that.
                _context.Logger.TellingFault(operation.Verb, fault.Message);
            }
        }
    }

    private static JournalPut Put(ServiceRecord record) => new(RecordKind.Service, record.Name.Value, JsonSerializer.Serialize(record, SupervisorJson.Default.ServiceRecord));

    /// <summary>Instances report here, from their own loops.</summary>
    private sealed class Watcher(StackLoop loop) : IInstanceWatcher
    {
        public void Changed(InstanceRunner runner)
        {
            // The view is read instead of the loop's own table, which belongs to the loop.
            if (loop._view.Find(runner.Service) is not { } actor || actor.Poke())
            {
                loop.Post(new StackMessage.Changed(runner.Service));
            }
        }

        public void Happened(OperationStep step) => loop.Tell(step);
    }
}
