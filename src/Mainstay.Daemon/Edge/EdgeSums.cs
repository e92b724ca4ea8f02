using System.Collections.Immutable;
using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Daemon.Edge;

/// <summary>What all workers have counted, those that ended included. A daemon that begins learns it from the workers that live.</summary>
internal sealed class EdgeSums(TimeProvider clock)
{
    /// <summary>Instances, and services, that left and are still known. A rollout asks for its own, which left minutes ago.</summary>
    public const int MostGone = 1_000;

    public static readonly TimeSpan KeepGone = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, EdgeTally> _living = [];
    private readonly EdgeTally _ended = new();
    private readonly EdgeDepartures _goneInstances = new(MostGone, KeepGone);
    private readonly EdgeDepartures _goneServices = new(MostGone, KeepGone);

    private IEnumerable<EdgeTally> All => _living.Values.Append(_ended);

    public void Take(int worker, EdgeCounts counts)
    {
        lock (_gate)
        {
            if (!_living.TryGetValue(worker, out var tally))
            {
                _living[worker] = tally = new();
            }

            tally.Take(counts);
            var now = clock.GetUtcNow();
            foreach (var name in tally.Instances.Keys)
            {
                _goneInstances.Seen(name, now);
            }

            foreach (var name in tally.Services.Keys)
            {
                _goneServices.Seen(name, now);
            }

            Forget(now);
        }
    }

    /// <summary>The worker's counts are final.</summary>
    public void Ended(int worker)
    {
        lock (_gate)
        {
            if (_living.Remove(worker, out var tally))
            {
                _ended.Add(tally);
            }
        }
    }

    /// <summary>What the workers are told to know; all else has left.</summary>
    public void Present(EdgeSnapshot snapshot)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            var instances = snapshot.Services.SelectMany(s => s.Instances).Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
            _goneInstances.Present(instances, All.SelectMany(t => t.Instances.Keys), now);
            _goneServices.Present(snapshot.Services.Select(s => s.Name).ToHashSet(StringComparer.Ordinal), All.SelectMany(t => t.Services.Keys), now);
            Forget(now);
        }
    }

    /// <summary>Of one service: itself, if anything is known, and its instances.</summary>
    public (EdgeServiceCounts? Service, ImmutableArray<EdgeInstanceCounts> Instances) Read(string service)
    {
        var sum = new EdgeTally();
        lock (_gate)
        {
            Forget(clock.GetUtcNow());
            foreach (var tally in All)
            {
                sum.Add(tally);
            }
        }

        return (sum.Services.GetValueOrDefault(service), [.. sum.Instances.Values.Where(i => i.Service == service)]);
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var name in _goneInstances.Expired(now))
        {
            foreach (var tally in All)
            {
                tally.Instances.Remove(name);
            }
        }

        foreach (var name in _goneServices.Expired(now))
        {
            foreach (var tally in All)
            {
                tally.Services.Remove(name);
            }
        }
    }
}
