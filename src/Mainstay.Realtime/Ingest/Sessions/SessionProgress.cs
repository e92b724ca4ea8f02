using Mainstay.Realtime.Ingest.Outbox;
using Mainstay.Realtime.Ingest.Protocol;

namespace Mainstay.Realtime.Ingest.Sessions;

/// <summary>How far a session has come, on whatever connection. Answers of the outbox can come in any order; an ack cannot. Used from everywhere.</summary>
internal sealed class SessionProgress(SessionId id, string tenant, string interaction, long first)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, StoredAt> _ahead = [];
    private readonly Dictionary<long, long> _jumps = [];
    private long _received = first - 1;
    private long _stored = first - 1;
    private long _lastSpooled;
    private Action<IngestEvent> _told = _ => { };
    private TimeSpan _idleSince;

    public SessionId Id => id;

    public string Tenant => tenant;

    public string Interaction => interaction;

    public long Received
    {
        get
        {
            lock (_gate)
            {
                return _received;
            }
        }
    }

    /// <summary>When its last connection ended; meaningless while one is there.</summary>
    public TimeSpan IdleSince
    {
        get
        {
            lock (_gate)
            {
                return _idleSince;
            }
        }
    }

    /// <summary>From now on this connection is told; the one before, if any, has been replaced.</summary>
    /// <param name="claimed">The number that the client goes on with at the earliest: it may have given up frames.</param>
    /// <returns>The number of the next frame, and how many the client left out before it.</returns>
    public (long Next, long LeftOut) Attach(Action<IngestEvent> told, long claimed)
    {
        Action<IngestEvent> before;
        long next;
        long leftOut;
        lock (_gate)
        {
            (before, _told) = (_told, told);
            next = Math.Max(_received + 1, claimed);
            leftOut = next - 1 - _received;
            if (leftOut > 0)
            {
                _jumps[_received] = next - 1;
                _received = next - 1;
                Advance();
            }
        }

        before(new IngestEvent.Replaced());
        return (next, leftOut);
    }

    public void Detach(Action<IngestEvent> told, TimeSpan now)
    {
        lock (_gate)
        {
            if (_told == told)
            {
                (_told, _idleSince) = (_ => { }, now);
            }
        }
    }

    public void Came(long seq)
    {
        lock (_gate)
        {
            _received = seq;
        }
    }

    /// <summary>A frame is stored, or has been told of as lost. Tells the connection when that moves the end of what is stored without a gap.</summary>
    public void Complete(long seq, StoredAt at)
    {
        Action<IngestEvent> told;
        IngestEvent.StoredUpTo upTo;
        lock (_gate)
        {
            var before = _stored;
            _ahead[seq] = at;
            Advance();
            if (_stored == before)
            {
                return;
            }

            (told, upTo) = (_told, new(_stored, _lastSpooled));
        }

        told(upTo);
    }

    /// <summary>A frame will never be stored; it holds up nobody behind it.</summary>
    public void Lost(long seq, string reason)
    {
        Action<IngestEvent> told;
        lock (_gate)
        {
            told = _told;
        }

        told(new IngestEvent.FrameLost(seq, reason));
        Complete(seq, StoredAt.Broker);
    }

    private void Advance()
    {
        while (true)
        {
            if (_jumps.Remove(_stored, out var behind))
            {
                _stored = behind;
            }
            else if (_ahead.Remove(_stored + 1, out var at))
            {
                _stored++;
                _lastSpooled = at is StoredAt.Spool ? _stored : _lastSpooled;
            }
            else
            {
                return;
            }
        }
    }
}
