using System.Collections.Immutable;
using System.Threading.Channels;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Journal;
using Mainstay.Rollout.Planning;
using Microsoft.Extensions.Logging;

namespace Mainstay.Rollout.Execution;

/// <summary>The decision that a loop asks; the simulation plugs in broken ones to show that it would notice.</summary>
internal delegate RolloutTransition RolloutDecision(RolloutRecord rollout, RolloutEvent e, DateTimeOffset now);

/// <summary>What all rollouts of a daemon share.</summary>
/// <param name="Discard">Removes what was made so far of releases that are not finished; null when there are none.</param>
internal sealed record RolloutSurroundings(
    RolloutBook Book, StepRunners Steps, TrafficNotes Traffic, RolloutDecision Decide, TimeProvider Time, ILogger Logger, Action<RolloutMaterial>? Discard = null);

/// <summary>One rollout on its way: a mailbox and a loop around <see cref="RolloutMachine"/>. Event, decision, journal, effect, in this order.</summary>
internal sealed class RolloutLoop : IAsyncDisposable
{
    private const int MailboxSize = 256;

    /// <summary>What users can flood a rollout with; the rest of the mailbox is for what its step, its timer and its daemon have to say.</summary>
    private const int RoomForWishes = 64;

    private static readonly TimeSpan JournalRetry = TimeSpan.FromSeconds(1);

    private readonly Channel<RolloutEvent> _mailbox = Channel.CreateBounded<RolloutEvent>(new BoundedChannelOptions(MailboxSize) { SingleReader = true });
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource<RolloutRecord> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RolloutSurroundings _around;
    private readonly RolloutMaterial _material;
    private readonly Lock _listening = new();
    private ImmutableArray<Action<OperationStep>> _listeners = [];
    private volatile RolloutRecord _record;
    private volatile string? _waits;
    private CancellationTokenSource? _breakOff;
    private Task _step = Task.CompletedTask;
    private Task _loop = Task.CompletedTask;
    private ITimer? _deadline;

    public RolloutLoop(RolloutRecord record, RolloutMaterial material, RolloutSurroundings around)
    {
        (_record, _material, _around) = (record, material, around);
    }

    public RolloutRecord Record => _record;

    /// <summary>Why it stands still; null while it goes. Only in memory: what it waits for is that something can be written down.</summary>
    public string? Waits => _waits;

    /// <summary>Completes with the record's last form; cancelled when the daemon goes away before that.</summary>
    public Task<RolloutRecord> Ended => _ended.Task;

    public void Start()
    {
        _deadline = _around.Time.CreateTimer(
            _ => Post(new(RolloutEventKind.DeadlinePassed, "its deadline passed before the new release served everywhere")),
            null,
            UntilDeadline(_record),
            Timeout.InfiniteTimeSpan);
        Post(new(RolloutEventKind.Woke, "begins"));
        _loop = RunAsync();
    }

    /// <summary>False when so many wait already that one more would change nothing.</summary>
    public bool Wish(RolloutEvent e) => _mailbox.Reader.Count < RoomForWishes && _mailbox.Writer.TryWrite(e);

    /// <param name="progress">Must not block.</param>
    /// <returns>Ends the listening.</returns>
    public IDisposable Listen(Action<OperationStep> progress)
    {
        lock (_listening)
        {
            _listeners = _listeners.Add(progress);
        }

        return new Listening(this, progress);
    }

    /// <summary>Lets go: what runs is broken off, and the next daemon goes on from the journal.</summary>
    public async ValueTask DisposeAsync()
    {
        _mailbox.Writer.TryComplete();
        await _closing.CancelAsync();
        if (_deadline is not null)
        {
            await _deadline.DisposeAsync();
        }

        await _loop;
        await _step;
        _ended.TrySetCanceled(CancellationToken.None);
        _breakOff?.Dispose();
        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _mailbox.Reader.WaitToReadAsync(_closing.Token))
            {
                while (_mailbox.Reader.TryRead(out var e))
                {
                    await TakeOrTellAsync(e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon goes away.
        }
    }

    /// <summary>A fault of ours must not silence the loop: an abort is still heard, and the next daemon may do better.</summary>
    private async Task TakeOrTellAsync(RolloutEvent e)
    {
        try
        {
            await TakeAsync(e);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            _around.Logger.RolloutFault(fault, _record.Number, e.Kind.ToString());
        }
    }

    private async Task TakeAsync(RolloutEvent e)
    {
        var (next, effect) = _around.Decide(_record, e, _around.Time.GetUtcNow());
        if (!ReferenceEquals(next, _record))
        {
            await RememberAsync(next, effect);
        }

        Carry(effect);
        if (_record.HasEnded)
        {
            _mailbox.Writer.TryComplete();
            _ended.TrySetResult(_record);
        }
    }

    /// <summary>Nothing is done that a later daemon could not know of: without the journal a rollout stands still.</summary>
    private async Task RememberAsync(RolloutRecord next, RolloutEffect? effect)
    {
        var said = next.Because != _record.Because || next.Phase != _record.Phase;
        for (var tries = 0; ; tries++)
        {
            try
            {
                _around.Book.Save(next, said, _around.Time.GetUtcNow());
                break;
            }
            catch (JournalException e)
            {
                if (tries == 0 && await HasMadeRoomAsync(next, effect))
                {
                    continue;
                }

                var isNews = _waits is null;
                _waits = e.Message;
                if (isNews)
                {
                    _around.Logger.RolloutWaitsForJournal(next.Number, e.Message);
                    Tell(new(_around.Time.GetUtcNow(), null, null, null, null, $"waits: {e.Message}"));
                }

                await Task.Delay(JournalRetry, _around.Time, _closing.Token);
            }
        }

        _waits = null;
        var isMoved = next.Deadline != _record.Deadline;
        _record = next;
        if (isMoved)
        {
            _deadline?.Change(UntilDeadline(next), Timeout.InfiniteTimeSpan);
        }

        if (said)
        {
            _around.Logger.RolloutMoved(next.Number, next.Phase.ToString(), next.Because);
            var about = next.HasEnded || next.Current is not { State: StepState.Going, Services: [var one] } ? null : one.Value;
            Tell(new(_around.Time.GetUtcNow(), about, null, null, null, next.Because));
        }
    }

    /// <summary>
    /// A release that will not be finished may be what fills the disk, and the step that makes it. Breaking that off needs no word in the journal:
    /// a daemon that knows nothing of it begins the step again.
    /// </summary>
    private async Task<bool> HasMadeRoomAsync(RolloutRecord next, RolloutEffect? effect)
    {
        var isGivenUp = next is { Phase: RolloutPhase.Failed } or { Phase: RolloutPhase.Preparing, Wish: RolloutWish.Abort };
        if (!isGivenUp || _around.Discard is not { } discard)
        {
            return false;
        }

        if (effect?.Kind is RolloutEffectKind.Cancel)
        {
            Carry(effect);
            await _step;
        }

        try
        {
            discard(_material);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _around.Logger.RolloutKeepsUnfinished(next.Number, e.Message);
            return false;
        }
    }

    private void Carry(RolloutEffect? effect)
    {
        switch (effect?.Kind)
        {
            case RolloutEffectKind.Begin:
                _breakOff?.Dispose();
                _breakOff = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
                _step = RunStepAsync(effect.Step, _breakOff.Token);
                break;
            case RolloutEffectKind.Cancel:
                _breakOff?.Cancel();
                break;
            case null:
                break;
        }
    }

    private async Task RunStepAsync(int index, CancellationToken token)
    {
        // The loop is not to carry a step's first part.
        await Task.Yield();
        var step = _record.Steps[index];
        var context = new StepContext(step, _material, () => _record, Tell, _around.Time);
        try
        {
            var before = _record.Counted ?? await _around.Traffic.ReadAsync(_record, token);
            var outcome = await OutcomeAsync(context, token);

            // The step has ended: who breaks it off now must not take away what came of it.
            var after = await _around.Traffic.ReadAsync(_record, _closing.Token);
            Post(new(
                outcome.Ok ? RolloutEventKind.StepDone : RolloutEventKind.StepFailed,
                outcome.Because,
                index,
                outcome.Evidence,
                outcome.Cause,
                TrafficNotes.Between(before, after),
                outcome.Services,
                outcome.Restore,
                after));
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested || _closing.IsCancellationRequested)
        {
            if (!_closing.IsCancellationRequested)
            {
                Post(new(RolloutEventKind.StepFailed, "it was broken off", index));
            }
        }
        catch (Exception fault)
        {
            _around.Logger.StepFault(fault, _record.Number, step.Kind.ToString());
            Post(new(RolloutEventKind.StepFailed, $"met a fault of Mainstay's own: {fault.Message}", index));
        }
    }

    private async Task<StepOutcome> OutcomeAsync(StepContext context, CancellationToken token)
    {
        try
        {
            return await _around.Steps.Of(context.Step.Kind).RunAsync(context, token);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk, a source that is larger than a release may be: the message is the system's or says it already.
            return StepOutcome.Failed(e.Message);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Ours, not the user's; the rollout must come to its end all the same.
            _around.Logger.StepFault(fault, _record.Number, context.Step.Kind.ToString());
            return StepOutcome.Failed($"met a fault of Mainstay's own: {fault.Message}");
        }
    }

    private TimeSpan UntilDeadline(RolloutRecord record)
    {
        var left = record.Deadline - _around.Time.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Post(RolloutEvent e) => _mailbox.Writer.TryWrite(e);

    private void Tell(OperationStep step)
    {
        foreach (var listener in _listeners)
        {
            listener(step);
        }
    }

    private sealed class Listening(RolloutLoop loop, Action<OperationStep> progress) : IDisposable
    {
        public void Dispose()
        {
            lock (loop._listening)
            {
                loop._listeners = loop._listeners.Remove(progress);
            }
        }
    }
}
