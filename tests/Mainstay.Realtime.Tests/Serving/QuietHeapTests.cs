using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Tests.Serving;

public sealed class QuietHeapTests
{
    private const long Rush = 64 << 20;

    private readonly QuietHeap _heap = new();
    private long _allocated;
    private long _used;
    private int _seconds;

    [Fact]
    public void Once_a_rush_is_over_and_all_is_quiet_for_three_looks_it_is_time()
    {
        Assert.False(Look(allocates: Rush));
        Assert.False(Look(allocates: 1000));
        Assert.False(Look(allocates: 1000));
        Assert.True(Look(allocates: 1000));
    }

    [Fact]
    public void While_something_happens_it_is_never_time()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.False(Look(allocates: QuietHeap.QuietBytes + 1));
        }
    }

    [Fact]
    public void One_busy_look_begins_the_count_anew()
    {
        Look(allocates: Rush);
        Look(allocates: 0);
        Look(allocates: 0);
        Look(allocates: QuietHeap.QuietBytes + 1);
        Assert.False(Look(allocates: 0));
        Assert.False(Look(allocates: 0));
        Assert.True(Look(allocates: 0));
    }

    [Fact]
    public void A_small_heap_is_left_alone()
    {
        Look(allocates: QuietHeap.WorthBytes - 1);
        Assert.DoesNotContain(true, Enumerable.Range(0, 20).Select(_ => Look(allocates: 0)));
    }

    [Fact]
    public void What_came_since_the_last_one_must_be_a_quarter_of_what_was_left_then()
    {
        Settle(Rush * 4);
        _seconds += (int)QuietHeap.Rest.TotalSeconds;
        Assert.False(Settle(Rush - 1));
        Assert.True(Settle(1));
    }

    [Fact]
    public void Between_two_there_is_a_rest()
    {
        Assert.True(Settle(Rush));
        Assert.False(Settle(Rush));
        _seconds += (int)QuietHeap.Rest.TotalSeconds;
        Assert.True(Look(allocates: 0));
    }

    /// <summary>Something comes, and then all is quiet for as long as it must be.</summary>
    private bool Settle(long allocates)
    {
        Look(allocates);
        var isTime = false;
        for (var i = 0; i < QuietHeap.QuietLooks && !isTime; i++)
        {
            isTime = Look(allocates: 0);
        }

        if (isTime)
        {
            _heap.Collected(At());
        }

        return isTime;
    }

    private bool Look(long allocates)
    {
        (_allocated, _used, _seconds) = (_allocated + allocates, _used + allocates, _seconds + 1);
        return _heap.IsTime(At());
    }

    private HeapLook At() => new(TimeSpan.FromSeconds(_seconds), _allocated, _used);
}
