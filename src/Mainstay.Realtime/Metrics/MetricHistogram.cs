using System.Collections.Immutable;

namespace Mainstay.Realtime.Metrics;

/// <param name="Bounds">As given.</param>
/// <param name="AtMost">For each bound, how many were at most that.</param>
/// <param name="Count">All of them.</param>
/// <param name="Sum">Of their values.</param>
internal sealed record HistogramSeen(ImmutableArray<double> Bounds, ImmutableArray<long> AtMost, long Count, double Sum);

/// <summary>Counts values by size. Anybody may observe, and read at the same time.</summary>
/// <param name="bounds">Rising.</param>
internal sealed class MetricHistogram(params ImmutableArray<double> bounds)
{
    /// <summary>For what a disk or a broker needs, in seconds.</summary>
    public static readonly ImmutableArray<double> Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

    private readonly Lock _gate = new();
    private readonly long[] _within = new long[bounds.Length + 1];
    private double _sum;

    public void Observe(double value)
    {
        var at = 0;
        while (at < bounds.Length && value > bounds[at])
        {
            at++;
        }

        lock (_gate)
        {
            _within[at]++;
            _sum += value;
        }
    }

    public HistogramSeen Read()
    {
        lock (_gate)
        {
            var atMost = ImmutableArray.CreateBuilder<long>(bounds.Length);
            var sum = 0L;
            foreach (var within in _within.AsSpan(0, bounds.Length))
            {
                atMost.Add(sum += within);
            }

            return new(bounds, atMost.MoveToImmutable(), sum + _within[^1], _sum);
        }
    }
}
