namespace Mainstay.Realtime.Metrics;

/// <summary>What only grows. Anybody may add.</summary>
internal sealed class MetricCount
{
    private long _value;

    public long Value => Volatile.Read(ref _value);

    public void Add(long by = 1) => Interlocked.Add(ref _value, by);
}

/// <summary>One count for each of a few things, all of them known beforehand: the labels of a figure must not grow with what clients say.</summary>
internal sealed class MetricCounts<T>
    where T : struct, Enum
{
    private readonly Dictionary<T, MetricCount> _counts = Enum.GetValues<T>().ToDictionary(v => v, _ => new MetricCount());

    public void Add(T what) => _counts[what].Add();

    public IEnumerable<(string Value, double Count)> Read(Func<T, string> word) => _counts.OrderBy(c => c.Key).Select(c => (word(c.Key), (double)c.Value.Value));
}
