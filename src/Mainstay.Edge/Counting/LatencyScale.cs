namespace Mainstay.Edge.Counting;

/// <summary>Puts a duration, in timestamps of the worker's clock, into its bucket: bucket i is below 0.5 ms × 1.25^i, the last one is open.</summary>
internal sealed class LatencyScale(long timestampFrequency)
{
    /// <summary>The last bound is then at 107 s: above every timeout that answers anybody.</summary>
    public const int Buckets = 57;

    private const double FirstSeconds = 0.0005;
    private const double Factor = 1.25;

    // Rounded up: a whole number is below the true bound exactly when it is below this one.
    private readonly long[] _bounds = [.. Enumerable.Range(0, Buckets - 1).Select(i => (long)Math.Ceiling(FirstSeconds * Math.Pow(Factor, i) * timestampFrequency))];

    public int BucketOf(long elapsed)
    {
        var (low, high) = (0, _bounds.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (elapsed < _bounds[middle])
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
