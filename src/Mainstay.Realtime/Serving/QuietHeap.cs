namespace Mainstay.Realtime.Serving;

/// <summary>
/// Decides when the heap is collected and what it does not need given back to the system. After a rush of new sockets the collector keeps a third of what they cost in reserve, and while they are idle nothing makes it
/// look again. It is done when next to nothing happens, since everything waits for it.
/// </summary>
internal sealed class QuietHeap
{
    /// <summary>Between two looks.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>So many looks in a row have to find it quiet.</summary>
    public const int QuietLooks = 3;

    /// <summary>From one look to the next; the pings of ten thousand idle sockets allocate less than half of it.</summary>
    public const long QuietBytes = 512 * 1024;

    /// <summary>With less to gain it is not worth a pause.</summary>
    public const long WorthBytes = 16 << 20;

    /// <summary>Between two collections.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(10);

    private long _allocated;
    private long _usedAfter;
    private int _quiet;
    private TimeSpan? _collectedAt;

    /// <returns>True: now. What is used then is told by <see cref="Collected"/>.</returns>
    public bool IsTime(HeapLook look)
    {
        _quiet = look.Allocated - _allocated <= QuietBytes ? _quiet + 1 : 0;
        _allocated = look.Allocated;
        return _quiet >= QuietLooks && look.Used - _usedAfter >= Math.Max(WorthBytes, _usedAfter / 4) && !(look.At - _collectedAt < Rest);
    }

    public void Collected(HeapLook look) => (_usedAfter, _collectedAt, _quiet) = (look.Used, look.At, 0);

    public async Task RunAsync(TimeProvider time, CancellationToken token)
    {
        var began = time.GetTimestamp();
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(token))
        {
            if (IsTime(Look()))
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                Collected(Look());
            }
        }

        HeapLook Look() => new(time.GetElapsedTime(began), GC.GetTotalAllocatedBytes(), GC.GetTotalMemory(forceFullCollection: false));
    }
}
