namespace Mainstay.Simulation.Tests.World;

/// <summary>The one clock and the one list of things to come. Whatever happens in a simulated world happens from here, on one thread, in an order that the seed decides.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Entry, (long At, long Number)> _entries = new();
    private long _number;

    /// <summary>Ticks since the world began. Never steps.</summary>
    public long Now { get; private set; }

    /// <summary>What the wall clock says; jumps as it is told.</summary>
    public DateTimeOffset Wall { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public Entry At(TimeSpan delay, Action action)
    {
        var entry = new Entry(action);
        _entries.Enqueue(entry, (Now + Math.Max(0, delay.Ticks), _number++));
        return entry;
    }

    /// <summary>Goes on to the next thing and does it. False when nothing is to come before <paramref name="limit"/>.</summary>
    public bool Step(long limit)
    {
        while (_entries.TryPeek(out var entry, out var due))
        {
            if (due.At > limit)
            {
                return false;
            }

            _entries.Dequeue();
            if (!entry.IsCancelled)
            {
                Wall += TimeSpan.FromTicks(due.At - Now);
                Now = due.At;
                entry.Action();
                return true;
            }
        }

        return false;
    }

    public void AdvanceTo(long limit)
    {
        Wall += TimeSpan.FromTicks(Math.Max(0, limit - Now));
        Now = Math.Max(Now, limit);
    }

    internal sealed class Entry(Action action)
    {
        public Action Action { get; } = action;

        public bool IsCancelled { get; private set; }

        public void Cancel() => IsCancelled = true;
    }
}
