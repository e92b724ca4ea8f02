using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Mainstay.Contracts.Api;
using Mainstay.Journal;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Adoption;
using Mainstay.Supervisor.Diagnosis;

namespace Mainstay.Supervisor.Instances;

/// <summary>
/// One instance: a mailbox and a loop around <see cref="InstanceMachine"/>. Event, decision, journal, effects, log line; nothing
/// else touches the state. Everything that happens elsewhere (timers, probes, exits, datagrams) only posts an event.
/// </summary>
internal sealed partial class InstanceRunner : IAsyncDisposable
{
    /// <summary>What a service can flood us with is dropped above half, orders when it is full: the planner gives them again.</summary>
    private const int MailboxSize = 128;

    /// <summary>Exits, timers and the news of spawns and drains are told once and always fit: there are never more than a few under way.</summary>
    private const int RoomForNews = 32;

    private readonly RunnerContext _context;
    private readonly Channel<InstanceEvent> _mailbox = Channel.CreateBounded<InstanceEvent>(new BoundedChannelOptions(MailboxSize + RoomForNews) { SingleReader = true });
    private readonly CancellationTokenSource _closing = new();
    private readonly BackgroundTasks _background;
    private readonly ITimer _timer;
    private volatile InstanceState _state;
    private volatile LaneWork _work;
    private volatile Run? _run;
    private volatile Task<FailureFacts>? _failure;
    private InstanceRecord _record;
    private Task _loop = Task.CompletedTask;

    public InstanceRunner(string key, int index, LaneWork work, InstanceRecord record, RunnerContext context)
    {
        Key = key;
        Index = index;
        Id = string.Create(CultureInfo.InvariantCulture, $"{work.Spec.Name}-{index + 1}");
        _work = work;
        _record = record;
        _state = record.State;
        _context = context;
        _background = new(context.Logger);
        _timer = context.Ports.Time.CreateTimer(_ => TimerFired(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Unique in the home, e.g. <c>api-1#4</c>.</summary>
    public string Key { get; }

    public int Index { get; }

    /// <summary>What users call it, e.g. <c>api-1</c>.</summary>
    public string Id { get; }

    public ServiceName Service => _work.Spec.Name;

    public InstanceState State => _state;

    public LaneWork Work => _work;

    /// <summary>The process that lives now, if one does.</summary>
    public Run? Run => _run;

    /// <summary>What is known of the newest failure.</summary>
    public Task<FailureFacts>? Failure => _failure;

    public void Start() => _loop = RunAsync();

    /// <summary>New policy, or another role; the running process keeps what it was started with.</summary>
    public void Update(LaneWork work)
    {
        var before = _work;
        _work = work;
        if (before.Policy.Unhurried && !work.Policy.Unhurried)
        {
            Post(InstanceEvent.HurryAsked);
        }
    }

    public void Post(InstanceEvent e)
    {
        var waiting = _mailbox.Reader.Count;
        if (waiting >= MailboxSize / 2 && CanBeDropped(e.Kind))
        {
            _context.Logger.EventDropped(Id, e.Kind);
        }
        else if ((waiting >= MailboxSize && IsOrder(e.Kind)) || !_mailbox.Writer.TryWrite(e))
        {
            if (!_closing.IsCancellationRequested)
            {
                _context.Logger.EventLost(Id, e.Kind);
            }
        }
    }

    /// <summary>Ends the loop. The process, if one runs, lives on: it is for the next daemon to adopt.</summary>
    public async ValueTask DisposeAsync()
    {
        _closing.Cancel();
        _mailbox.Writer.TryComplete();
        await _timer.DisposeAsync();
        await _loop;
        _run?.End();
        await _background.EndedAsync();
        _run?.Dispose();
        if (_work.Spec.Port.Kind is PortKind.Inherit)
        {
            _context.Ports.Listeners.Release(Key);
        }

        _closing.Dispose();
    }

    private static bool CanBeDropped(InstanceEventKind kind) => kind switch
    {
        InstanceEventKind.ProbePassed or InstanceEventKind.ProbeFailed or InstanceEventKind.NotifiedReady or InstanceEventKind.WatchdogPinged
            or InstanceEventKind.WatchdogTriggered or InstanceEventKind.TimeoutExtended or InstanceEventKind.MemorySampled => true,
        InstanceEventKind.StartAsked or InstanceEventKind.RestartAsked or InstanceEventKind.StopAsked or InstanceEventKind.HurryAsked or InstanceEventKind.WaitAsked
            or InstanceEventKind.SpawnFailed or InstanceEventKind.StartRefused or InstanceEventKind.Exited or InstanceEventKind.TimerFired
            or InstanceEventKind.Drained or InstanceEventKind.Resumed => false,
    };

    private static bool IsOrder(InstanceEventKind kind) =>
        kind is InstanceEventKind.StartAsked or InstanceEventKind.RestartAsked or InstanceEventKind.StopAsked or InstanceEventKind.HurryAsked or InstanceEventKind.WaitAsked;

    private async Task RunAsync()
    {
        while (await _mailbox.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_mailbox.Reader.TryRead(out var e))
            {
                if (_closing.IsCancellationRequested)
                {
                    return;
                }

                try
                {
                    Handle(e);
                }
                catch (Exception fault)
                {
                    // A fault of ours must not end the watch over a service; later events find the state as far as this one brought it.
                    _context.Logger.HandlingFault(fault, Id, e.Kind);
                }
            }
        }
    }

    private void Handle(InstanceEvent e)
    {
        var now = _context.Clock.Now;
        var before = _state;
        if (e.Kind is InstanceEventKind.TimerFired && e.Span == before.Due && now < e.Span)
        {
            // Timers and the clock round differently; one that fires a moment early is set again.
            Arm(before, now);
            return;
        }

        var step = _context.Decide(before, e, _work.Policy, now);
        var acting = _run;
        if (e.Kind is InstanceEventKind.Exited)
        {
            // Before anything is written: once the journal has forgotten the run, nobody would find what it left behind.
            step = CleanUp(step, acting);
        }

        var intended = step.Effects.Any(f => f is InstanceEffect.Spawn) ? Intend(ref step, before, e, now) : null;
        if (intended is null)
        {
            Save(step, before, e);
        }

        // What ends processes comes before anyone can see the new state: nobody may think that an end is over while leftovers live.
        foreach (var effect in step.Effects)
        {
            Try($"its \"{effect}\"", () => Perform(effect, step, acting, now));
        }

        _state = step.Next;
        Arm(step.Next, now);
        Announce(before, step, e);
        if (intended is not null)
        {
            Spawn(intended);
        }

        if (e.Kind is InstanceEventKind.Exited or InstanceEventKind.SpawnFailed && acting is not null && e.Generation == acting.Generation)
        {
            Try("letting go of the ended process", () => Retire(acting));
        }

        if (step.Next != before)
        {
            _context.Watcher.Changed(this);
        }
    }

    private Transition CleanUp(Transition step, Run? ended)
    {
        if (!step.Effects.Any(f => f is InstanceEffect.KillTree))
        {
            return step;
        }

        Try("killing what is left of its processes", () => ended?.Process?.KillTree());
        return step with { Effects = step.Effects.RemoveAll(f => f is InstanceEffect.KillTree) };
    }

    /// <summary>An act that the host refuses (no descriptors left, for example) must not undo the decision it belongs to: an exit is told once, and a phase without its timer never ends.</summary>
    private void Try(string what, Action act)
    {
        try
        {
            act();
        }
        catch (Exception e)
        {
            _context.Logger.ActFailed(Id, what, e.Message);
        }
    }

    /// <summary>Journals that a process is about to be made, and under which name it can be found. Null when that could not be written: then nothing is started.</summary>
    private Run? Intend(ref Transition step, InstanceState before, InstanceEvent e, TimeSpan now)
    {
        var run = Prepare(step.Next.Generation);
        var record = new InstanceRecord(step.Next.Durable(), run.Id, Process: null, run.Port, run.Release);
        try
        {
            _context.Ledger.Commit(Batch(record, before, step, e));
            _record = record;
            return run;
        }
        catch (JournalException fault)
        {
            var refused = _context.Decide(step.Next, InstanceEvent.StartRefused(step.Next.Generation, $"cannot be started: the journal cannot be written ({fault.Message})"), _work.Policy, now);
            step = refused with { Effects = [.. step.Effects.Where(f => f is not InstanceEffect.Spawn), .. refused.Effects] };
            return null;
        }
    }

    private void Save(Transition step, InstanceState before, InstanceEvent e)
    {
        var record = _record with { State = step.Next.Durable() };
        if (e.Kind is InstanceEventKind.Exited && step.Next != before)
        {
            record = record with { RunId = null, Process = null };
        }

        if (record != _record || step.Effects.Any(f => f is InstanceEffect.Tell))
        {
            _record = record;
            _context.Ledger.Save(Batch(record, before, step, e));
        }
    }

    private JournalBatch Batch(InstanceRecord record, InstanceState before, Transition step, InstanceEvent e) => new(
        [new(RecordKind.Instance, Key, JsonSerializer.Serialize(record, SupervisorJson.Default.InstanceRecord))],
        [],
        EventKind(before, step, e) is { } kind ? [_context.Ledger.Event(kind, Service.Value, Id, step.Because)] : []);

    private void Announce(InstanceState before, Transition step, InstanceEvent e)
    {
        if (EventKind(before, step, e) is not { } kind)
        {
            return;
        }

        if (step.Next.Phase != before.Phase)
        {
            _context.Logger.InstanceMoved(Id, before.Phase, step.Next.Phase, step.Because);
        }
        else
        {
            _context.Logger.InstanceTold(Id, kind, step.Because);
        }

        if (IsForTheServicesLog(before, step))
        {
            _context.Ports.Logs.Remark(Service, Id, _work.Spec.Logs, step.Because);
        }

        var now = _context.Ports.Time.GetUtcNow();
        _context.Watcher.Happened(_work.MakesWay
            ? new(now, Service.Value, Id, null, null, $"the process that makes way is {Words.Of(step.Next.Phase)}: {step.Because}")
            : new(now, Service.Value, Id, step.Next.Phase, step.Next.Health, step.Because));
    }

    private static bool IsForTheServicesLog(InstanceState before, Transition step) =>
        step.Next.Phase is InstancePhase.Backoff or InstancePhase.Parked || (before.HasProcess && step.Next.Phase is InstancePhase.Stopped or InstancePhase.Stopping);

    private static string? EventKind(InstanceState before, Transition step, InstanceEvent e)
    {
        if (step.Effects.OfType<InstanceEffect.Tell>().FirstOrDefault() is { } tell)
        {
            return tell.EventKind;
        }

        if (step.Next.Phase != before.Phase || (step.Next.Generation != before.Generation && step.Next.Because != before.Because))
        {
            return e.Kind is InstanceEventKind.Exited ? "instance.exited" : $"instance.{Words.Of(step.Next.Phase)}";
        }

        return step.Next.Health != before.Health ? $"instance.{Words.Of(step.Next.Health)}" : null;
    }

    private void Arm(InstanceState state, TimeSpan now)
    {
        var delay = state.Due is { } due ? due - now : Timeout.InfiniteTimeSpan;
        _timer.Change(state.Due is not null && delay < TimeSpan.Zero ? TimeSpan.Zero : delay, Timeout.InfiniteTimeSpan);
    }

    private void TimerFired()
    {
        if (_state.Due is { } due)
        {
            Post(InstanceEvent.TimerFired(due));
        }
    }
}
