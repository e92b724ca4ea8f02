using Mainstay.Edge.Counting;

namespace Mainstay.Edge.Tests.Counting;

public sealed class LatencyScaleTests
{
    [Theory]
    [InlineData(1_000_000_000)]
    [InlineData(10_000_000)]
    [InlineData(1_000)]
    public void Bucket_i_holds_what_is_below_half_a_millisecond_times_one_and_a_quarter_to_the_i(long frequency)
    {
        var scale = new LatencyScale(frequency);
        for (var i = 0; i < LatencyScale.Buckets - 1; i++)
        {
            var bound = 0.0005 * Math.Pow(1.25, i) * frequency;
            var below = (long)Math.Ceiling(bound) - 1;
            Assert.True(scale.BucketOf(below) <= i);
            Assert.True(scale.BucketOf(below + 1) > i);
        }
    }

    [Fact]
    public void The_fastest_is_in_the_first_bucket_and_everything_above_two_minutes_in_the_last()
    {
        var scale = new LatencyScale(TimeSpan.TicksPerSecond);
        Assert.Equal(0, scale.BucketOf(0));
        Assert.Equal(0, scale.BucketOf(-5));
        Assert.Equal(0, scale.BucketOf(4_999));
        Assert.Equal(1, scale.BucketOf(5_000));
        Assert.Equal(56, scale.BucketOf(TimeSpan.FromMinutes(2).Ticks));
        Assert.Equal(56, scale.BucketOf(long.MaxValue));
    }
}
