using System.Globalization;
using Mainstay.Edge.Guards.RateLimits;

namespace Mainstay.Edge.Tests.Guards;

public sealed class LimitTableTests
{
    private static readonly Gcra s_two = new(2, 1000, burst: 2);

    /// <summary>The vector of the paper's appendix: key and input are 0, 1, 2 ...</summary>
    [Fact]
    public void The_hash_is_siphash()
    {
        var input = Enumerable.Range(0, 15).Select(i => (byte)i).ToArray();
        Assert.Equal(0xa129ca6149be45e5, KeyHash.Of(input, 0x0706050403020100, 0x0f0e0d0c0b0a0908));
    }

    [Fact]
    public void Each_key_counts_by_itself()
    {
        var table = new LimitTable();
        foreach (var key in (ulong[])[0, 1, 64, 65, ulong.MaxValue, 12345])
        {
            Assert.Equal([0, 0, 500], [table.Take(key, s_two, 0).Wait, table.Take(key, s_two, 0).Wait, table.Take(key, s_two, 0).Wait]);
        }
    }

    [Fact]
    public void Of_many_at_once_exactly_the_burst_is_let_through()
    {
        var (table, rule, let) = (new LimitTable(), new Gcra(100, 1_000_000, burst: 100), 0);
        Parallel.For(0, 10_000, _ => Interlocked.Add(ref let, table.Take(7, rule, 0).Wait == 0 ? 1 : 0));
        Assert.Equal(100, let);
    }

    [Fact]
    public void A_flood_of_keys_takes_no_more_memory_than_was_given_and_does_not_free_who_is_limited()
    {
        var table = new LimitTable(1 << 14);
        var random = new Random(1);
        var limited = Enumerable.Range(0, 50).Select(_ => (ulong)random.NextInt64()).ToArray();
        var rule = new Gcra(10, 1_000_000, burst: 10);
        foreach (var key in limited)
        {
            for (var i = 0; i < 10; i++)
            {
                table.Take(key, rule, 0);
            }
        }

        for (var i = 0; i < 1_000_000; i++)
        {
            table.Take((ulong)random.NextInt64(), rule, 0);
        }

        Assert.InRange(table.Allocated, 1, 1 << 14);
        Assert.All(limited, key => Assert.NotEqual(0, table.Take(key, rule, 0).Wait));
    }

    [Fact]
    public void What_is_whole_again_makes_room_before_the_table_grows()
    {
        var table = new LimitTable();
        var first = table.Allocated;
        for (var i = 0; i < 100_000; i++)
        {
            table.Take(KeyHash.Of(System.Text.Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture))), s_two, i * 1000L);
        }

        Assert.Equal(first, table.Allocated);
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again()
    {
        var table = new LimitTable();
        table.Take(1, s_two, 0);
        table.Take(1, s_two, 0);
        table.GiveBack(1, s_two);
        Assert.Equal([0, 500], [table.Take(1, s_two, 0).Wait, table.Take(1, s_two, 0).Wait]);
    }
}
