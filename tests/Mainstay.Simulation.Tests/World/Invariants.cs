using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Ports;
using Mainstay.Supervisor.Services;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Simulation.Tests.World;

internal sealed class InvariantBrokenException(string message) : Exception(message);

/// <summary>
/// What must hold in every history, checked where it would break: at each spawn, each exit, each word to the edge, and whenever
/// the daemon comes to rest. It knows the host and the edge, not the supervisor's own opinion of them.
/// </summary>
internal sealed class Invariants(SimWorld world)
{
    private readonly Dictionary<string, List<long>> _unaskedSpawns = [];
    private readonly Dictionary<string, long> _lastCrash = [];
    private readonly HashSet<string> _leaving = [];
    private string? _broken;
    private bool _moved;
    private long _lastAct;
    private long _lastFault = long.MinValue / 2;

    /// <summary>What the manifest says of each service's limits: restarts and their window, and whether only one process may live.</summary>
    public Dictionary<string, ServiceSpec> Specs { get; } = [];

    /// <summary>Services that must always have this many instances in the edge's hands that live and are ready.</summary>
    public Dictionary<string, int> Floor { get; } = [];

    /// <summary>A release may die after it was promoted; then whoever asks must be held.</summary>
    public bool HeldIsServed { get; set; }

    /// <summary>Services that a user stopped, and was told so, and nobody has touched since.</summary>
    public HashSet<string> Stopped { get; } = [];

    public int Spawns { get; private set; }

    public int Crashes { get; private set; }

    public void Acted()
    {
        _lastAct = world.Events.Now;
        _unaskedSpawns.Clear();
    }

    /// <summary>The disk is full: what is decided meanwhile may be forgotten by the next daemon.</summary>
    public void DiskFull() => _lastFault = world.Events.Now;

    /// <summary>Something about processes or the edge is not as it was at the last look.</summary>
    public void Moved() => _moved = true;

    public void Rebooted()
    {
        _leaving.Clear();
        _lastCrash.Clear();
        _unaskedSpawns.Clear();
    }

    public void Broken(string what) => _broken ??= what;

    public void Spawned(SimProcess process)
    {
        Spawns++;
        var beside = world.Kernel.Alive.Where(p => p.Slot == process.Slot && p != process).ToList();
        Check(beside.Count < 2, $"{process} is the third process of its slot, beside {string.Join(" and ", beside)}");
        if (Specs.TryGetValue(process.Service, out var spec) && Replacing.ModeOf(spec, spec) is ReplaceMode.StopFirst)
        {
            Check(beside.Count == 0, $"{process} was started beside {string.Join(" and ", beside)}, and only one may live");
        }

        Check(world.Kernel.All.Count(p => p.RunId == process.RunId) == 1, $"{process.RunId} was used before");
        if (IsUnasked(process.Slot))
        {
            CheckBrake(process, spec);
        }
    }

    public void Ended(SimProcess process)
    {
        Moved();
        if (!process.WasSignalled)
        {
            Crashes++;
            _lastCrash[process.Slot] = world.Events.Now;
        }
    }

    public void Published(ServiceTraffic traffic)
    {
        Moved();
        foreach (var endpoint in traffic.Endpoints)
        {
            if (endpoint.Draining)
            {
                _leaving.Add(endpoint.Id);
                continue;
            }

            Check(!_leaving.Contains(endpoint.Id) || IsForgetful, $"{endpoint.Id} gets traffic again after its drain began");
            var process = world.Kernel.All.FirstOrDefault(p => p.RunId == endpoint.Id);
            Check(process is null || HasShownReadiness(process), $"{endpoint.Id} gets traffic and was never seen ready");
        }
    }

    /// <summary>The daemon has come to rest at this moment.</summary>
    public void Look()
    {
        if (_broken is { } broken)
        {
            throw new InvariantBrokenException(broken);
        }

        if (!_moved)
        {
            return;
        }

        _moved = false;
        foreach (var (service, floor) in Floor)
        {
            var serving = world.Edge.Told.TryGetValue(service, out var told)
                ? told.Endpoints.Count(e => e is { Draining: false, Candidate: false } && world.Kernel.Alive.Any(p => p.RunId == e.Id && p is { IsListening: true, WasSignalled: false }))
                : 0;
            Check(serving >= floor || (HeldIsServed && told is { Hold: true }), $"{service} has {serving} instances that serve, {floor} are its floor");
        }
    }

    /// <summary>Faults have stopped and much time has passed: everything is at an end, and the host, the journal and the edge agree with the supervisor.</summary>
    public void AtRest()
    {
        var supervisor = world.Supervisor ?? throw new InvariantBrokenException("no daemon runs");
        Check(world.Running.All(r => r.IsCompleted), "an operation has not ended");
        var services = supervisor.Services();
        foreach (var instance in services.SelectMany(s => s.Instances))
        {
            Check(
                instance.State is InstancePhase.Running or InstancePhase.Parked or InstancePhase.Stopped or InstancePhase.Waiting || IsFlapping(instance),
                $"{instance.Id} is {instance.State}: {instance.Because}");
        }

        Check(!world.Kernel.All.Any(p => p is { IsAlive: false, HasChild: true }), $"something outlived its process: {world.Kernel.All.FirstOrDefault(p => p is { IsAlive: false, HasChild: true })}");
        Check(!world.Kernel.Alive.Any(p => Stopped.Contains(p.Service)), $"{world.Kernel.Alive.FirstOrDefault(p => Stopped.Contains(p.Service))} runs, though its service was stopped");
        CheckAgainstHost(services);
        CheckAgainstEdge(services);
        CheckAgainstJournal(supervisor);
        Moved();
        Look();
    }

    private bool IsForgetful => world.Events.Now - _lastFault < TimeSpan.FromMinutes(2).Ticks;

    private void CheckAgainstHost(IEnumerable<ServiceStatus> services)
    {
        var known = services.SelectMany(s => s.Instances).Where(i => i.Pid is not null).Select(i => i.Pid!.Value).Order().ToList();
        var alive = world.Kernel.Alive.Select(p => p.Identity.Pid).Order().ToList();
        Check(known.SequenceEqual(alive), $"the host has {string.Join(", ", world.Kernel.Alive)}, the supervisor knows {string.Join(", ", known)}");
    }

    private void CheckAgainstEdge(IEnumerable<ServiceStatus> services)
    {
        foreach (var service in services.Where(s => Specs.TryGetValue(s.Name.Value, out var spec) && spec.Port.Kind is not PortKind.None))
        {
            var ready = service.Instances.Count(i => i.State is InstancePhase.Running);
            var told = world.Edge.Told.GetValueOrDefault(service.Name.Value);
            var offered = told?.Endpoints.Count(e => e is { Draining: false, Candidate: false }) ?? 0;
            Check(offered == ready, $"{service.Name} has {ready} ready instances and the edge knows {offered}");
            Check(told is null or { Hold: false } || service.State is not InstancePhase.Running, $"{service.Name} is ready and its requests are held");
        }
    }

    private void CheckAgainstJournal(StackSupervisor supervisor)
    {
        if (world.Journal.IsFull || supervisor.JournalFault is not null)
        {
            return;
        }

        var lanes = world.Journal.Records.Count(r => r.Key.Kind == "instance");
        var known = supervisor.Services().Sum(s => s.Instances.Length);
        Check(lanes == known, $"the journal has {lanes} instances, the supervisor {known}");
    }

    /// <summary>An instance whose crashes are rare enough for its window, or that is tried again from time to time, is allowed to go on for ever.</summary>
    private bool IsFlapping(InstanceStatus instance) =>
        instance.State is InstancePhase.Starting or InstancePhase.Backoff or InstancePhase.Draining or InstancePhase.Stopping
        && world.Kernel.All.Any(p => p.Slot == instance.Id && !SimProgram.Healthy.Contains(p.Program));

    private bool HasShownReadiness(SimProcess process) =>
        process.WasSeenReady || (world.Events.Now - process.StartedAt >= InstancePolicy.Settling.Ticks && Specs.TryGetValue(process.Service, out var spec) && spec is { Healthcheck: null, Port.Kind: PortKind.None });

    /// <summary>No user and no reload had a hand in it: then a spawn can only be the answer to an exit.</summary>
    private bool IsUnasked(string slot) =>
        world.Running.TrueForAll(r => r.IsCompleted)
        && world.Events.Now - _lastAct > TimeSpan.FromMinutes(1).Ticks
        && world.Rollouts is not { IsUnderWay: true }
        && world.Supervisor?.Services().FirstOrDefault(s => slot.StartsWith(s.Name.Value + "-", StringComparison.Ordinal)) is { } service
        && service.Instances.All(i => i.Id == slot || !i.Id.StartsWith(slot + ".", StringComparison.Ordinal));

    private void CheckBrake(SimProcess process, ServiceSpec? spec)
    {
        var now = world.Events.Now;
        if (_lastCrash.TryGetValue(process.Slot, out var crash))
        {
            Check(now - crash >= RestartBrake.LeastDelay.Ticks, $"{process} was started {TimeSpan.FromTicks(now - crash).TotalMilliseconds} ms after a crash");
        }

        if (spec is null)
        {
            return;
        }

        var spawns = _unaskedSpawns.TryGetValue(process.Slot, out var known) ? known : _unaskedSpawns[process.Slot] = [];
        spawns.Add(now);
        var inWindow = spawns.Count(at => now - at < spec.Restart.Window.Ticks);
        var retries = spec.Restart.RetryEvery is { } every ? (int)(spec.Restart.Window / every) + 1 : 0;
        Check(inWindow <= spec.Restart.MaxRestarts + 1 + retries, $"{process.Slot} was started {inWindow} times within {spec.Restart.Window}, unasked; {spec.Restart.MaxRestarts} restarts are its limit");
    }

    private void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            Broken(otherwise);
        }
    }
}
