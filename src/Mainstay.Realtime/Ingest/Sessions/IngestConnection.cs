using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Ingest.Outbox;
using Mainstay.Realtime.Ingest.Protocol;
using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Ingest.Sessions;

/// <summary>One native client: reads its messages, lets the table decide, and does what it says. What happens to it comes from its reader, from the outbox and from the clock, one at a time.</summary>
internal sealed class IngestConnection(MessageSocket socket, IngestContext context, Func<StartMessage, string?> refusal)
{
    private readonly Lock _gate = new();
    private IngestState _state = IngestState.Opened(context.Now);
    private TaskCompletionSource? _paused;
    private StartMessage? _start;
    private SessionProgress? _session;
    private ReadOnlyMemory<byte> _frame;
    private bool _isHurried;

    public async Task RunAsync()
    {
        context.Connections.Add(this);
        try
        {
            while (await NextAsync() is { } happened)
            {
                Handle(happened);
            }
        }
        finally
        {
            context.Connections.Remove(this);
            if (_session is { } session)
            {
                session.Detach(Handle, context.Now);
                context.Sessions.Left(session);
                context.Counters.Ended();
                context.Log.CallEnded(session.Tenant, session.Interaction, session.Id.Text, _state.Received - _state.First + 1, _state.Lost, socket.IsTooSlow ? "the client did not read" : _state.Phase.ToString());
            }
        }
    }

    /// <summary>Time has passed; of thousands, most have nothing due.</summary>
    public void Tick(TimeSpan now)
    {
        if (IngestMachine.IsDue(Volatile.Read(ref _state), context.Policy, now))
        {
            Handle(IngestEvent.Ticked.Now);
        }
    }

    /// <summary>A moment has passed. One to which moments do not matter any more takes itself out, in the lock, so that it cannot be wanted again in between.</summary>
    public void TickHurried(TimeSpan now)
    {
        lock (_gate)
        {
            if (!IngestMachine.IsHurried(_state))
            {
                _isHurried = false;
                context.Connections.Calm(this);
                return;
            }
        }

        Tick(now);
    }

    /// <summary>From anywhere.</summary>
    public void Handle(IngestEvent e)
    {
        lock (_gate)
        {
            if (_state.Phase is IngestPhase.Closed)
            {
                return;
            }

            var (state, effects) = IngestMachine.Next(_state, e, context.Policy, context.Now);
            _state = state;
            foreach (var effect in effects)
            {
                Do(effect);
            }

            if (!_isHurried && IngestMachine.IsHurried(state))
            {
                _isHurried = true;
                context.Connections.Hurry(this);
            }

            if (state.Phase is IngestPhase.Closed)
            {
                // The reader wakes now, or when the peer answers the close.
                _paused?.TrySetResult();
            }
        }
    }

    /// <summary>Null when it has ended.</summary>
    private async ValueTask<IngestEvent?> NextAsync()
    {
        Task? pause;
        lock (_gate)
        {
            if (_state.Phase is IngestPhase.Closed)
            {
                return null;
            }

            pause = _paused?.Task;
        }

        if (pause is not null)
        {
            await pause.ConfigureAwait(false);
            return IngestEvent.Ticked.Now;
        }

        var message = await socket.ReceiveAsync(CancellationToken.None).ConfigureAwait(false);
        switch (message.Kind)
        {
            case MessageKind.Binary:
                _frame = message.Bytes;
                context.Counters.Frame(message.Bytes.Length);
                return new IngestEvent.FrameCame(message.Bytes.Length);

            case MessageKind.Text:
                return Text(message.Bytes);

            case MessageKind.TooLong:
                return new IngestEvent.Broke(1009, "too_long", "a message is longer than allowed");

            case MessageKind.End:
                return new IngestEvent.PeerLeft();
        }

        return null;
    }

    private IngestEvent Text(ReadOnlyMemory<byte> bytes)
    {
        switch (ClientText.Read(bytes))
        {
            case ClientText.Start(var start) when _start is null:
                return refusal(start) is { } why ? new IngestEvent.Broke(1008, "not_allowed", why) : Begin(start);

            case ClientText.Start:
                return new IngestEvent.Started(1, 0, false);

            case ClientText.Stop:
                return new IngestEvent.StopAsked();

            case ClientText.Bad(var status, var code, var text):
                return new IngestEvent.Broke(status, code, text);

            default:
                context.Counters.Ignore();
                return IngestEvent.Ticked.Now;
        }
    }

    private IngestEvent.Started Begin(StartMessage start)
    {
        var known = context.Sessions.Find(start);
        var claimed = start.Resume?.NextSeq ?? 1;
        var session = known ?? new SessionProgress(start.Resume?.Session ?? SessionId.New(), start.TenantId, start.InteractionId, claimed);
        (_start, _session) = (start, session);
        context.Sessions.Connected(session);
        context.Counters.Began();
        var (next, leftOut) = session.Attach(Handle, claimed);
        if (leftOut > 0)
        {
            context.Gaps.Add(session.Tenant, session.Interaction, session.Id.Text, next - leftOut, next - 1, "the client left them out");
        }

        context.Log.CallBegan(session.Tenant, session.Interaction, session.Id.Text, next, known is not null);
        return new(next, start.BytesPerSecond, start.AcksReceipt);
    }

    private void Do(IngestEffect effect)
    {
        switch (effect)
        {
            case IngestEffect.SayStarted(var next):
                socket.SendText(ServerText.Started(_start!.InteractionId, _session!.Id, next, context.Policy.AckInterval, context.Policy.Window));
                break;
            case IngestEffect.Store(var seq):
                Store(seq);
                break;
            case IngestEffect.Ack(var seq, var at):
                socket.SendText(ServerText.Ack(seq, at));
                break;
            case IngestEffect.SayLost(var seq, var reason):
                socket.SendText(ServerText.Lost(seq, reason));
                break;
            case IngestEffect.SayStopped(var frames, var lost):
                socket.SendText(ServerText.Stopped(frames, lost));
                break;
            case IngestEffect.SayDrain(var retryAfter):
                socket.SendText(ServerText.Drain(retryAfter));
                break;
            case IngestEffect.SayError(var code, var message):
                socket.SendText(ServerText.Error(code, message));
                break;
            case IngestEffect.PauseReading when !_state.IsPaused:
                // A broker that stores at once has said so while the frame was handed to it: what this pause would wait for has been.
                break;
            case IngestEffect.PauseReading:
                _paused ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                context.Counters.Pause();
                break;
            case IngestEffect.ResumeReading:
                _paused?.TrySetResult();
                _paused = null;
                break;
            case IngestEffect.Tell(var name):
                Tell(name);
                break;
            case IngestEffect.Close(var status, var reason):
                socket.Close(status, reason);
                break;
        }
    }

    private void Store(long seq)
    {
        _session!.Came(seq);
        var record = context.Records.Frame(new(_session.Tenant, _session.Interaction, _session.Id.Text, _start!.SampleRate, "pcm16"), seq, context.UtcNow, _frame);
        _frame = default;
        _ = AwaitStoredAsync(_session, seq, context.Outbox.StoreAsync(record, canWait: true));
    }

    /// <summary>Never fails. The session may go on elsewhere by then; its progress knows where.</summary>
    private static async Task AwaitStoredAsync(SessionProgress session, long seq, Task<StoredAt> stored)
    {
        try
        {
            session.Complete(seq, await stored.ConfigureAwait(false));
        }
        catch (Exception e) when (e is OutboxFullException or RecordRefusedException)
        {
            session.Lost(seq, e.Message);
        }
        catch (OperationCanceledException)
        {
            // The process ends; the client has had no ack for it, and sends it again.
        }
    }

    private void Tell(string name)
    {
        var record = context.Records.Event(
            name, _session!.Tenant, _session.Interaction, _session.Id.Text, context.UtcNow, new KeyValuePair<string, string>("received", IngestRecords.Text(_state.Received)), new KeyValuePair<string, string>("lost", IngestRecords.Text(_state.Lost)));
        _ = context.Outbox.StoreAsync(record, canWait: true);
    }
}
