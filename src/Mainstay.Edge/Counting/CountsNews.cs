using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Edge.Counting;

/// <summary>What one daemon has been told of the counts: it gets everything once, and then what has changed.</summary>
internal sealed class CountsNews(TrafficCounts counts)
{
    /// <summary>Instances, and services, in one line: with every bucket in use and ten digits in each that is 40 KB, and the daemon takes 64.</summary>
    public const int PerLine = 50;

    private readonly Lock _gate = new();
    private Dictionary<string, long> _instances = new(StringComparer.Ordinal);
    private Dictionary<string, EdgeServiceCounts> _services = new(StringComparer.Ordinal);

    /// <summary>As many lines as it takes; none when nothing has changed.</summary>
    public List<EdgeCounts> Next()
    {
        lock (_gate)
        {
            var (instances, services, now) = counts.Tell();
            var newInstances = NewsOf(instances);
            var newServices = NewsOf(services, now);
            var lines = new List<EdgeCounts>();
            for (var at = 0; at < Math.Max(newInstances.Count, newServices.Count); at += PerLine)
            {
                lines.Add(new([.. newInstances.Skip(at).Take(PerLine)], [.. newServices.Skip(at).Take(PerLine)]));
            }

            return lines;
        }
    }

    private List<EdgeInstanceCounts> NewsOf(InstanceCounters[] all)
    {
        var news = new List<EdgeInstanceCounts>();
        var told = new Dictionary<string, long>(all.Length, StringComparer.Ordinal);
        foreach (var counters in all)
        {
            var before = _instances.GetValueOrDefault(counters.Instance);
            told[counters.Instance] = before;
            if (counters.Requests != before)
            {
                var read = counters.Read();
                news.Add(read);
                told[counters.Instance] = read.Requests;
            }
        }

        // Made anew each time: what the worker has forgotten is forgotten here as well.
        _instances = told;
        return news;
    }

    private List<EdgeServiceCounts> NewsOf(ServiceCounters[] all, long now)
    {
        var news = new List<EdgeServiceCounts>();
        var told = new Dictionary<string, EdgeServiceCounts>(all.Length, StringComparer.Ordinal);
        foreach (var counters in all)
        {
            var read = counters.Read(now);
            told[read.Service] = read;
            if (read != (_services.GetValueOrDefault(read.Service) ?? new(read.Service, 0, 0, 0, 0)))
            {
                news.Add(read);
            }
        }

        _services = told;
        return news;
    }
}
