using System.Numerics;
using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Ingest.Dialects;
using Mainstay.Realtime.Ingest.Outbox;
using Mainstay.Realtime.Ingest.Protocol;
using Mainstay.Realtime.Ingest.Sessions;
using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Ingest.Calls;

/// <summary>One socket of a carrier: reads its messages, lets the table decide, and does what it says. What happens to it comes from its reader, from the outbox and from the clock, one at a time.</summary>
/// <param name="rate">What the URL said of the samples per second; null: nothing.</param>
internal sealed class CallConnection(MessageSocket socket, Dialect dialect, Identity identity, int? rate, CallPolicy policy, CallContext context)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly DialectCounters _counters = context.Counters.Of(dialect);
    private readonly CallInbox _inbox = new(dialect, rate, context.Counters.Of(dialect));
    private readonly SessionId _session = SessionId.New();
    private CallState _state = CallState.Opened(context.Ingest.Now);
    private CallInfo? _info;
    private string _tenant = "";
    private DateTimeOffset _began;
    private TelephonyMessage.Media? _media;
    private string _how = "";
    private long _holes;
    private CallPlayer? _player;

    public Dialect Dialect => dialect;

    /// <summary>Null until the carrier has said which call it is.</summary>
    public CallInfo? Info => Volatile.Read(ref _info);

    public string Tenant => _tenant;

    public DateTimeOffset Began => _began;

    public long Frames => Volatile.Read(ref _state).Received;

    /// <summary>Something for the carrier to play, or to do with it.</summary>
    /// <param name="act">False: it does not take it.</param>
    public bool Play(Func<CallPlayer, bool> act)
    {
        lock (_gate)
        {
            var taken = act(_player ??= new(dialect, _info!));
            SendDue(context.Ingest.Now);
            return taken;
        }
    }

    /// <summary>Nothing that waits is played any more.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            socket.SendText((_player ??= new(dialect, _info!)).Clear());
        }
    }

    public async Task RunAsync()
    {
        context.Open.Add(this);
        try
        {
            while (await socket.ReceiveAsync(CancellationToken.None).ConfigureAwait(false) is { Kind: not MessageKind.End } message)
            {
                Receive(message);
            }

            lock (_gate)
            {
                Take(_inbox.End());
                Handle(new CallEvent.PeerLeft());
            }
        }
        finally
        {
            context.Open.Remove(this);
            if (_info is { } info)
            {
                context.Ingest.Counters.Ended();
                _counters.Ended();
                context.Ingest.Log.CarrierCallEnded(dialect.Name, info.Call, _tenant, _session.Text, _state.Received, _state.Lost, _inbox.Malformed, _how);
            }
        }
    }

    public void Tick(TimeSpan now)
    {
        lock (_gate)
        {
            if (_inbox.IsHolding)
            {
                Take(_inbox.Tick(now));
            }

            SendDue(now);
            if (CallMachine.IsDue(_state, policy, now))
            {
                Handle(CallEvent.Ticked.Now);
            }
        }
    }

    /// <summary>From anywhere.</summary>
    public void Handle(CallEvent e)
    {
        lock (_gate)
        {
            (_state, var effects) = CallMachine.Next(_state, e, policy, context.Ingest.Now);
            foreach (var effect in effects)
            {
                Do(effect);
            }
        }
    }

    private void SendDue(TimeSpan now)
    {
        foreach (var message in _player?.Take(now) ?? [])
        {
            socket.SendText(message);
        }
    }

    private void Receive(Message message)
    {
        lock (_gate)
        {
            // Text or binary, it is JSON; of one that is too long, the pieces are none.
            var malformed = _inbox.Malformed;
            Take(_inbox.Offer(message.Bytes, context.Ingest.Now));
            if (_inbox.Malformed > malformed && BitOperations.IsPow2(_inbox.Malformed))
            {
                context.Ingest.Log.MessageIgnored(dialect.Name, _info?.Call ?? "", _inbox.Malformed);
            }
        }
    }

    private void Take(IReadOnlyList<Released<TelephonyMessage>> released)
    {
        foreach (var (message, from, to) in released)
        {
            if (message is null)
            {
                Handle(new CallEvent.HoleCame(from, to));
            }
            else
            {
                Take(message);
            }
        }
    }

    private void Take(TelephonyMessage message)
    {
        switch (message)
        {
            case TelephonyMessage.Start(_, var info) when _info is null:
                Begin(info, 0);
                break;
            case TelephonyMessage.Start(_, var info) when _info is { IsAssumed: true } known && known.Stream == info.Stream:
                // It came behind the first audio; what the audio is, it knows better.
                _info = known with { Encoding = info.Encoding, SampleRate = info.SampleRate, IsAssumed = info.IsAssumed };
                break;
            case TelephonyMessage.Media media:
                if (_info is null)
                {
                    Begin(TelephonyText.Assumed(dialect, media.Stream ?? _session.Text, rate), media.TimestampMs ?? 0);
                }

                _media = media;
                Handle(new CallEvent.MediaCame());
                break;
            case TelephonyMessage.Dtmf(_, _, var digit):
                Handle(new CallEvent.Signalled("dtmf", digit));
                break;
            case TelephonyMessage.Mark(_, _, var name):
                Handle(new CallEvent.Signalled("mark", name));
                break;
            case TelephonyMessage.Stop(_, _, var reason):
                Handle(new CallEvent.StopCame(reason));
                break;
            case TelephonyMessage.Start or TelephonyMessage.Other:
                context.Ingest.Counters.Ignore();
                break;
        }
    }

    private void Begin(CallInfo info, long offsetMs)
    {
        _tenant = context.Tenant ?? identity.Tenant ?? (info.Account.Length > 0 ? info.Account : "unknown");
        if (StartBinding.MayStart(identity, _tenant, info.Call) is AuthOutcome.Refused refused)
        {
            Handle(new CallEvent.NotAllowed(refused.Code));
            return;
        }

        _began = context.Ingest.UtcNow - Offset(offsetMs);
        Volatile.Write(ref _info, info);
        context.Ingest.Counters.Began();
        _counters.Began();
        context.Ingest.Log.CarrierCallBegan(dialect.Name, info.Call, _tenant, _session.Text, info.Encoding, info.SampleRate, info.IsAssumed);
        Handle(new CallEvent.Began());
    }

    private void Do(CallEffect effect)
    {
        switch (effect)
        {
            case CallEffect.Store(var seq):
                Store(seq, _media!);
                break;
            case CallEffect.Tell(var name, var value):
                _how = name is "stopped" or "cut" ? $"{name}: {value}" : _how;
                Tell(name, value);
                break;
            case CallEffect.TellHole(var from, var to, var after):
                TellOf("gap", new("carrier_from", IngestRecords.Text(from)), new("carrier_to", IngestRecords.Text(to)), new("after_seq", IngestRecords.Text(after)), new("reason", "the carrier left them out"));
                _counters.Hole();
                if (BitOperations.IsPow2(++_holes))
                {
                    context.Ingest.Log.CarrierHole(dialect.Name, _info?.Call ?? "", from, to, _holes);
                }

                break;
            case CallEffect.Close(var status, var reason):
                socket.Close(status, reason);
                break;
        }
    }

    private void Store(long seq, TelephonyMessage.Media media)
    {
        var info = _info!;
        _media = null;
        context.Ingest.Counters.Frame(media.Audio.Length);
        _counters.Frame();
        var at = media.TimestampMs is { } ms && ms <= s_longest.TotalMilliseconds ? _began + Offset(ms) : context.Ingest.UtcNow;
        var record = context.Ingest.Records.Frame(
            new(_tenant, info.Call, _session.Text, info.SampleRate, info.Encoding) { Stream = info.Stream, Track = media.Track }, seq, at, media.Audio);
        _ = AwaitStoredAsync(context.Ingest.Outbox.StoreAsync(record, canWait: false));
    }

    /// <summary>Never fails. That a frame is lost, the outbox has told already.</summary>
    private async Task AwaitStoredAsync(Task<StoredAt> stored)
    {
        try
        {
            await stored.ConfigureAwait(false);
            Handle(new CallEvent.FrameSettled(IsLost: false));
        }
        catch (Exception e) when (e is OutboxFullException or RecordRefusedException or OperationCanceledException)
        {
            _counters.Lose();
            Handle(new CallEvent.FrameSettled(IsLost: true));
        }
    }

    private void Tell(string name, string value)
    {
        switch (name)
        {
            case "started":
                var info = _info!;
                TellOf(
                    name, new("dialect", dialect.Name), new("account_sid", info.Account), new("from", info.From), new("to", info.To), new("encoding", info.Encoding), new("sample_rate", IngestRecords.Text(info.SampleRate)),
                    new("format", info.IsAssumed ? "assumed" : "said"));
                break;
            case "dtmf":
                TellOf(name, new KeyValuePair<string, string>("digit", value));
                break;
            case "mark":
                TellOf(name, new KeyValuePair<string, string>("name", value));
                break;
            default:
                TellOf(name, new("reason", value), new("received", IngestRecords.Text(_state.Received)), new("lost", IngestRecords.Text(_state.Lost)));
                break;
        }
    }

    private void TellOf(string name, params ReadOnlySpan<KeyValuePair<string, string>> more)
    {
        if (_info is { } info)
        {
            var record = context.Ingest.Records.Event(name, _tenant, info.Call, _session.Text, context.Ingest.UtcNow, [new("stream_sid", info.Stream), new("after_frame", IngestRecords.Text(_state.Received)), .. more]);
            _ = context.Ingest.Outbox.StoreAsync(record, canWait: true);
        }
    }

    private static TimeSpan Offset(long ms) => TimeSpan.FromMilliseconds(Math.Clamp(ms, 0, (long)s_longest.TotalMilliseconds));
}
