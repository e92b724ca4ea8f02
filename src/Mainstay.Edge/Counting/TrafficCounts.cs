namespace Mainstay.Edge.Counting;

/// <summary>All counters of a worker. Snapshots and reports come here; requests do not, they hold their counters already.</summary>
internal sealed class TrafficCounts(TimeProvider time)
{
    /// <summary>Instances and services that left and are still counted: fifty rollouts of ten instances each, in an hour, twice.</summary>
    public const int MostGone = 1_000;

    public static readonly TimeSpan KeepGone = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly LatencyScale _scale = new(time.TimestampFrequency);
    private readonly KeptByName<InstanceCounters> _instances = new(MostGone, Ticks(time, KeepGone));
    private readonly KeptByName<ServiceCounters> _services = new(MostGone, Ticks(time, KeepGone));
    private long _told = long.MinValue;
    private bool _downtimeEnded;

    /// <summary>An instance that comes back under its id goes on where it was.</summary>
    public InstanceCounters Instance(string service, string id)
    {
        lock (_gate)
        {
            return _instances.GetOrAdd(id, name => new(service, name, _scale));
        }
    }

    /// <summary>An instance serves again that was in use all the time, by a WebSocket perhaps, and whose counters may have been forgotten.</summary>
    public void Keep(InstanceCounters counters)
    {
        lock (_gate)
        {
            _instances.GetOrAdd(counters.Instance, _ => counters);
        }
    }

    public ServiceCounters Service(string name)
    {
        lock (_gate)
        {
            return _services.GetOrAdd(name, NewService);
        }
    }

    /// <summary>What the snapshot in force names.</summary>
    public void Present(IReadOnlySet<string> instances, IReadOnlySet<string> services)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            _instances.Present(instances, now);
            _services.Present(services, now);
            _instances.Forget(now, _told);
            _services.Forget(now, _told);
        }
    }

    public void EndDowntime()
    {
        lock (_gate)
        {
            _downtimeEnded = true;
            foreach (var service in _services.All)
            {
                service.EndDowntime(time.GetTimestamp());
            }
        }
    }

    /// <summary>Everything, for somebody who passes on what is new of it.</summary>
    public (InstanceCounters[] Instances, ServiceCounters[] Services, long Now) Tell()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _instances.Forget(now, _told);
            _services.Forget(now, _told);
            _told = now;
            return ([.. _instances.All], [.. _services.All], now);
        }
    }

    private ServiceCounters NewService(string name)
    {
        var made = new ServiceCounters(name, time);
        if (_downtimeEnded)
        {
            made.EndDowntime(time.GetTimestamp());
        }

        return made;
    }

    private static long Ticks(TimeProvider time, TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
