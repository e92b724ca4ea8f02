using Mainstay.Linux.Processes;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Simulation.Tests.World;

/// <summary>The simulated host's processes. They outlive daemons, and their pids are soon used again by others.</summary>
internal sealed class SimKernel(SimWorld world)
{
    private const int Pids = 60;

    private readonly Dictionary<int, SimProcess> _byPid = [];
    private int _lastPid = 100;
    private long _ticks;

    public IEnumerable<SimProcess> Alive => _byPid.Values.Where(p => p.IsAlive);

    public IEnumerable<SimProcess> All => _byPid.Values;

    public SimProcess? Find(ProcessIdentity? identity, string runId) => identity is { } id
        ? _byPid.GetValueOrDefault(id.Pid) is { IsAlive: true } p && p.Identity == id ? p : null
        : Alive.FirstOrDefault(p => p.RunId == runId);

    public SimProcess? Listener(int port) => _byPid.Values.FirstOrDefault(p => p.Port == port && p is { IsAlive: true, IsListening: true } or { HasChild: true } && p.Port == port);

    public SimProcess Start(SpawnRequest request)
    {
        var program = world.Programs[int.Parse(request.Environment["PROGRAM"], System.Globalization.CultureInfo.InvariantCulture)];
        int? port = request.Environment.TryGetValue("PORT", out var p) ? int.Parse(p, System.Globalization.CultureInfo.InvariantCulture) : null;
        var process = new SimProcess(new(FreePid(), ++_ticks), request.RunId, program, port, request.Environment.ContainsKey("NOTIFY_SOCKET"))
        {
            StartedAt = world.Events.Now,
            Directory = request.Directory,
            Arguments = request.Argv,
            Environment = request.Environment,
        };
        _byPid[process.Identity.Pid] = process;
        world.Invariants.Spawned(process);
        After(process, program.Boot, () => Boot(process));
        if (program.DiesAfter is { } life)
        {
            After(process, life, () => End(process, new(program.ExitCode, program.ExitCode is null ? 11 : null)));
        }

        if (program.HangsAfter is { } healthy)
        {
            After(process, healthy, () => process.IsHung = true);
        }

        return process;
    }

    public bool Signal(SimProcess process, int signal)
    {
        if (!process.IsAlive)
        {
            return false;
        }

        process.WasSignalled = true;
        world.Invariants.Moved();
        if (process.Program.StopTakes is { } takes)
        {
            After(process, takes, () => End(process, new(null, signal)));
        }

        return true;
    }

    public void KillTree(SimProcess process)
    {
        process.HasChild = false;
        if (process.IsAlive)
        {
            process.WasSignalled = true;
            After(process, TimeSpan.FromMilliseconds(1), () => End(process, new(null, 9)));
        }
    }

    public void KillLeftovers(string runId)
    {
        foreach (var process in _byPid.Values.Where(p => p.RunId == runId && !p.IsAlive))
        {
            process.HasChild = false;
        }
    }

    public void End(SimProcess process, ExitStatus exit)
    {
        if (!process.IsAlive)
        {
            return;
        }

        (process.IsAlive, process.IsListening, process.Exit, process.EndedAt) = (false, false, exit, world.Events.Now);
        world.Invariants.Ended(process);
        foreach (var watcher in process.Watchers.ToList())
        {
            watcher(exit);
        }
    }

    /// <summary>The power fails.</summary>
    public void Vanish()
    {
        foreach (var process in _byPid.Values)
        {
            process.Watchers.Clear();
            process.IsAlive = process.IsListening = process.HasChild = false;
        }

        _byPid.Clear();
    }

    private void Boot(SimProcess process)
    {
        if (process.Program.NeverReady)
        {
            return;
        }

        // A second owner of a port dies of EADDRINUSE, as programs do.
        if (process.Port is { } port && Listener(port) is not null)
        {
            End(process, new(1, null));
            return;
        }

        process.IsListening = true;
        process.HasChild = process.Program.LeavesChild;
        if (process.Notifies)
        {
            world.Notify.Say(process);
        }
    }

    private void After(SimProcess process, TimeSpan delay, Action action) => world.Events.At(world.Vary(delay), () =>
    {
        if (process.IsAlive)
        {
            action();
        }
    });

    private int FreePid()
    {
        do
        {
            _lastPid = 100 + ((_lastPid + 1 - 100) % Pids);
        }
        while (_byPid.TryGetValue(_lastPid, out var holder) && (holder.IsAlive || holder.HasChild));

        return _lastPid;
    }
}
