using Mainstay.Realtime.Ingest.Dialects;

namespace Mainstay.Realtime.Ingest.Calls;

/// <summary>From what a carrier sent to what it means, in the carrier's order: the reader's half of a call. Not safe for several callers at once.</summary>
internal sealed class CallInbox(Dialect dialect, int? rate, DialectCounters counters)
{
    private const int Window = 8;
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(200);

    // A message without the carrier's count has the count of its audio at least; the two do not mix.
    private readonly ReorderWindow<TelephonyMessage> _messages = new(Window, s_patience);
    private readonly ReorderWindow<TelephonyMessage> _chunks = new(Window, s_patience);
    private readonly List<Released<TelephonyMessage>> _released = [];
    private (long Duplicates, long Late, long Missing) _counted;

    /// <summary>Messages that could not be read.</summary>
    public long Malformed { get; private set; }

    public bool IsHolding => _messages.IsHolding || _chunks.IsHolding;

    /// <summary>What is due now; good until the next call.</summary>
    public IReadOnlyList<Released<TelephonyMessage>> Offer(ReadOnlyMemory<byte> utf8, TimeSpan now)
    {
        _released.Clear();
        switch (TelephonyText.Read(dialect, utf8, rate))
        {
            case TelephonyMessage.Malformed:
                Malformed++;
                counters.AddMalformed();
                break;
            case TelephonyMessage.Media { Sequence: null } media:
                _chunks.Offer(media.Track is "" or "inbound" ? media.Chunk : null, media, now, _released);
                break;
            case TelephonyMessage.Stop stop:
                // Nothing comes behind it that would be worth waiting for.
                Flush();
                _released.Add(new(stop, 0, 0));
                break;
            case var message:
                _messages.Offer(message.Sequence, message, now, _released);
                break;
        }

        return Counted();
    }

    public IReadOnlyList<Released<TelephonyMessage>> Tick(TimeSpan now)
    {
        _released.Clear();
        _messages.Tick(now, _released);
        _chunks.Tick(now, _released);
        return Counted();
    }

    /// <summary>The socket has ended.</summary>
    public IReadOnlyList<Released<TelephonyMessage>> End()
    {
        _released.Clear();
        Flush();
        return Counted();
    }

    private void Flush()
    {
        _messages.Flush(_released);
        _chunks.Flush(_released);
    }

    private List<Released<TelephonyMessage>> Counted()
    {
        var now = (_messages.Duplicates + _chunks.Duplicates, _messages.Late + _chunks.Late, _messages.Missing + _chunks.Missing);
        if (now != _counted)
        {
            counters.Add(now.Item1 - _counted.Duplicates, now.Item2 - _counted.Late, now.Item3 - _counted.Missing);
            _counted = now;
        }

        return _released;
    }
}
