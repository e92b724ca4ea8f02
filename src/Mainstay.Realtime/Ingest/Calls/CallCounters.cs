using System.Collections.Immutable;
using Mainstay.Realtime.Ingest.Dialects;

namespace Mainstay.Realtime.Ingest.Calls;

/// <summary>What carriers have sent since the start, each by its dialect. Counted from everywhere.</summary>
internal sealed class CallCounters
{
    private readonly ImmutableArray<DialectCounters> _all = [.. Dialect.All.Select(d => new DialectCounters(d))];

    /// <summary>Messages that could not be read.</summary>
    public long Malformed => _all.Sum(c => c.Malformed);

    /// <summary>Messages that were there already.</summary>
    public long Duplicates => _all.Sum(c => c.Duplicates);

    /// <summary>Messages that came after their hole had been told of.</summary>
    public long Late => _all.Sum(c => c.Late);

    /// <summary>Messages that did not come, by the carrier's own count.</summary>
    public long Missing => _all.Sum(c => c.Missing);

    public DialectCounters Of(Dialect dialect) => _all.First(c => c.Dialect == dialect);

    /// <summary>One figure of each dialect, under its name.</summary>
    public IEnumerable<(string Dialect, double Value)> By(Func<DialectCounters, double> figure) => _all.Select(c => (c.Dialect.Name, figure(c)));
}
