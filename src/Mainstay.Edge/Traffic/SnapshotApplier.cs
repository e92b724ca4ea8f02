using System.Collections.Immutable;
using System.Net;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Answers;
using Mainstay.Edge.Counting;
using Mainstay.Edge.Forwarding.Upstream;
using Mainstay.Edge.Guards;
using Mainstay.Edge.Headers;
using Mainstay.Edge.Logs;
using Mainstay.Edge.Routing;
using Microsoft.Extensions.Logging;

namespace Mainstay.Edge.Traffic;

/// <summary>Turns snapshots into the state requests are decided by, keeping what outlives them: counters, connections, waiting rooms. One caller at a time.</summary>
internal sealed class SnapshotApplier(TrafficState traffic, LeavingInstances leaving, TrafficCounts counts, EdgeLimits limits, TimeProvider time, ILogger<SnapshotApplier> log)
{
    private Dictionary<string, ServiceTraffic> _services = new(StringComparer.Ordinal);
    private readonly GuardBook _guards = new(time);
    private Dictionary<InstanceKey, InstanceTraffic> _instances = [];

    /// <summary>Instances that are in the snapshot; those that left are with <see cref="LeavingInstances"/>.</summary>
    public IReadOnlyCollection<InstanceTraffic> Instances => Volatile.Read(ref _instances).Values;

    public long Version => traffic.Current?.Version ?? 0;

    public int Held(string service) => Volatile.Read(ref _services).GetValueOrDefault(service)?.Room.Count ?? 0;

    public void Apply(EdgeSnapshot snapshot)
    {
        var now = time.GetTimestamp();
        var routes = All(snapshot.Routes);
        var instances = new Dictionary<InstanceKey, InstanceTraffic>();
        var draining = new List<InstanceTraffic>();
        var views = new Dictionary<string, ServiceView>(StringComparer.Ordinal);
        var services = new Dictionary<string, ServiceTraffic>(StringComparer.Ordinal);
        foreach (var service in All(snapshot.Services).Concat(Unnamed(snapshot)))
        {
            var kept = services[service.Name] = _services.GetValueOrDefault(service.Name) ?? new(service.Name, new(limits.HeldPerService, time), counts.Service(service.Name));
            views[service.Name] = View(service, kept, instances, draining);
        }

        var (trusted, unreadable) = TrustedProxies.Parse(All(snapshot.TrustedProxies));
        foreach (var entry in unreadable)
        {
            log.UnreadableProxy(entry);
        }

        var (pages, trouble) = ErrorPages.Load(snapshot.ErrorPages);
        if (trouble is not null)
        {
            log.NoErrorPages(snapshot.ErrorPages!, trouble);
        }

        var guards = _guards.Make(routes, All(snapshot.Switches));
        var state = new RoutingState(
            snapshot.Version,
            new(routes),
            [.. routes.Select((route, i) => ToRoute(route, guards[i], views))],
            trusted,
            pages,
            Seconds.Of(snapshot.WsDrainS));

        var before = _instances;
        Volatile.Write(ref _instances, instances);
        foreach (var instance in instances.Values.Where(i => i.IsDraining && !draining.Contains(i)))
        {
            instance.EndDrain();
        }

        // Publish first, drain second: whoever finds an instance draining finds the newer table as well.
        traffic.Publish(state);
        foreach (var (key, instance) in before)
        {
            if (!instances.ContainsKey(key))
            {
                instance.BeginDrain(now);
                leaving.Add(instance, removed: true);
            }
        }

        foreach (var instance in draining)
        {
            instance.BeginDrain(now);
            leaving.Add(instance, removed: false);
        }

        leaving.Forget(instances.Values.Where(i => !i.IsDraining));
        foreach (var view in views.Values.Where(v => !v.MustWait))
        {
            view.Traffic.Room.Release(snapshot.Version);
        }

        foreach (var (name, gone) in _services)
        {
            if (!services.ContainsKey(name))
            {
                gone.Room.Release(snapshot.Version);
                gone.Counters.SetDown(false, now);
            }
        }

        Volatile.Write(ref _services, services);
        var routed = routes.Select(r => r.Service).ToHashSet(StringComparer.Ordinal);
        foreach (var view in views.Values)
        {
            view.Traffic.Counters.SetDown(view.IsDown && routed.Contains(view.Traffic.Name), now);
        }

        counts.Present(instances.Keys.Select(key => key.Id).ToHashSet(StringComparer.Ordinal), services.Keys.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Ends every exchange with an instance, and every wait for one; or all but those with services that have calls.</summary>
    public void CutAll(bool exceptCalls = false)
    {
        traffic.Close();
        foreach (var instance in Instances.Concat(leaving.Instances()).Where(i => !exceptCalls || !i.HasCalls))
        {
            instance.Pool.Dispose();
        }

        foreach (var service in Volatile.Read(ref _services).Values)
        {
            service.Room.Release(long.MaxValue);
        }
    }

    /// <summary>Ends what has been silent or idle for too long.</summary>
    public void Sweep(long now)
    {
        foreach (var instance in Instances)
        {
            instance.Pool.Sweep(now);
        }

        foreach (var instance in leaving.Instances())
        {
            instance.Pool.Sweep(now);
        }
    }

    private ServiceView View(EdgeService service, ServiceTraffic kept, Dictionary<InstanceKey, InstanceTraffic> instances, List<InstanceTraffic> draining)
    {
        var (ready, candidates) = (new List<InstanceTraffic>(), new List<InstanceTraffic>());
        foreach (var wanted in All(service.Instances))
        {
            if (!TryAddress(wanted, out var address))
            {
                log.UnreadableAddress(wanted.Id, wanted.Address);
                continue;
            }

            var key = new InstanceKey(wanted.Id, address, wanted.Port);
            var instance = _instances.GetValueOrDefault(key) ?? leaving.Find(key) ?? Create(service.Name, key);
            instances[key] = instance;
            instance.EndsItsSockets = service.EndsItsSockets;
            instance.HasCalls = service.HasCalls;
            counts.Keep(instance.Counters);
            (wanted.Draining ? draining : wanted.Candidate ? candidates : ready).Add(instance);
        }

        var canary = service.Canary is { } rule ? new CanaryRule(rule, service.Name) : null;
        return new(kept, [.. ready], [.. candidates], canary, service.Hold, Seconds.Of(service.HoldMaxS), service.Because);
    }

    private InstanceTraffic Create(string service, InstanceKey key)
    {
        var endPoint = new IPEndPoint(key.Address, key.Port);
        return new(key, new(endPoint, limits, time), counts.Instance(service, key.Id));
    }

    private Route ToRoute(EdgeRoute route, RouteGuards? guards, Dictionary<string, ServiceView> views)
    {
        var timeout = route.TimeoutS > 0 ? Seconds.Of(route.TimeoutS) : limits.RouteTimeout;
        return new(views[route.Service], route.StripPrefix ? RouteTable.NormalizePrefix(route.Path) : "", (long)(timeout.TotalSeconds * time.TimestampFrequency), guards, route.Guards?.Switch?.Service is { } standIn ? views[standIn] : null);
    }

    /// <summary>Services that have a route and nothing else: they are refused and counted like all others.</summary>
    private static IEnumerable<EdgeService> Unnamed(EdgeSnapshot snapshot)
    {
        var named = All(snapshot.Services).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        return All(snapshot.Routes).SelectMany(r => r.Guards?.Switch?.Service is { } standIn ? [r.Service, standIn] : (string[])[r.Service]).Where(named.Add).Select(name => new EdgeService(name, false, 0, [], "the service is not in the snapshot"));
    }

    // A list that is missing on the wire arrives as one that was never made.
    private static ImmutableArray<T> All<T>(ImmutableArray<T> list) => list.IsDefault ? [] : list;

    // No name is ever resolved here: that could block, and the daemon knows addresses.
    private static bool TryAddress(EdgeInstance instance, out IPAddress address)
    {
        if (instance.Address.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            address = IPAddress.Loopback;
            return true;
        }

        return IPAddress.TryParse(instance.Address, out address!);
    }
}
