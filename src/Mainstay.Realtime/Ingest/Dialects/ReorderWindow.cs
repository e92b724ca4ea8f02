namespace Mainstay.Realtime.Ingest.Dialects;

/// <summary>What comes out of the window, in order: messages, and holes between them.</summary>
/// <param name="Message">Null for a hole.</param>
internal readonly record struct Released<T>(T? Message, long From, long To)
    where T : class;

/// <summary>
/// Puts the messages of a carrier into the order of its count. One that is early waits for those before it, a little: then they are a hole, and the stream goes on. What was there already is dropped; what comes after its hole was
/// told of goes through, late, for audio is not to be lost twice. Not safe for several callers at once.
/// </summary>
internal sealed class ReorderWindow<T>(int capacity, TimeSpan patience)
    where T : class
{
    /// <summary>A count that is so far off is a mistake of the carrier, and no reason to hold or drop anything.</summary>
    private const long Plausible = 500;

    private const int Remembered = 1024;

    private readonly SortedDictionary<long, T> _early = [];
    private readonly HashSet<long> _seen = [];
    private readonly Queue<long> _seenInOrder = [];
    private long? _next;
    private long _odd = -1;
    private TimeSpan _heldSince;

    public long Duplicates { get; private set; }

    /// <summary>Came after their hole was told of.</summary>
    public long Late { get; private set; }

    /// <summary>Messages that the carrier's count says there were, and that did not come.</summary>
    public long Missing { get; private set; }

    public bool IsHolding => _early.Count > 0;

    /// <param name="sequence">Null: it has no place of its own, and goes where it came.</param>
    public void Offer(long? sequence, T message, TimeSpan now, List<Released<T>> released)
    {
        if (sequence is not { } number)
        {
            released.Add(new(message, 0, 0));
            return;
        }

        if (_next is null || IsNewCount(number))
        {
            Flush(released);
            _next = number;
        }

        if (_seen.Contains(number) || _early.ContainsKey(number))
        {
            Duplicates++;
            return;
        }

        var ahead = number - _next.Value;
        if (Math.Abs(ahead) > Plausible)
        {
            _odd = number;
            released.Add(new(message, 0, 0));
        }
        else if (ahead < 0)
        {
            Late++;
            Remember(number);
            released.Add(new(message, 0, 0));
        }
        else
        {
            _heldSince = _early.Count == 0 ? now : _heldSince;
            _early.Add(number, message);
            Advance(released);
            if (_early.Count > capacity)
            {
                Skip(released);
            }
        }
    }

    /// <summary>Those that waited long enough wait no more.</summary>
    public void Tick(TimeSpan now, List<Released<T>> released)
    {
        while (_early.Count > 0 && now - _heldSince >= patience)
        {
            Skip(released);
        }
    }

    /// <summary>The stream ends: what waits comes out.</summary>
    public void Flush(List<Released<T>> released)
    {
        while (_early.Count > 0)
        {
            Skip(released);
        }
    }

    /// <summary>Two implausible numbers that follow each other: the carrier counts anew.</summary>
    private bool IsNewCount(long number)
    {
        if (_odd < 0 || number != _odd + 1 || Math.Abs(number - _next!.Value) <= Plausible)
        {
            return false;
        }

        _odd = -1;
        _seen.Clear();
        _seenInOrder.Clear();
        return true;
    }

    private void Skip(List<Released<T>> released)
    {
        var first = _early.Keys.First();
        Missing += first - _next!.Value;
        released.Add(new(null, _next.Value, first - 1));
        _next = first;
        Advance(released);
    }

    private void Advance(List<Released<T>> released)
    {
        while (_early.Remove(_next!.Value, out var message))
        {
            Remember(_next.Value);
            _next++;
            released.Add(new(message, 0, 0));
        }
    }

    private void Remember(long number)
    {
        if (_seen.Add(number))
        {
            _seenInOrder.Enqueue(number);
            if (_seenInOrder.Count > Remembered)
            {
                _seen.Remove(_seenInOrder.Dequeue());
            }
        }
    }
}
