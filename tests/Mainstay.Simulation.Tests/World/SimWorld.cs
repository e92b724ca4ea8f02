using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Supervisor.Diagnosis;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Services;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Simulation.Tests.World;

/// <summary>A host, an edge, a disk and, most of the time, a daemon. One seed is one history.</summary>
internal sealed class SimWorld
{
    private readonly Random _chance;
    private int _boot = 1;
    private long _bootAt;
    private int _acts;
    private double _strike;

    public SimWorld(int seed)
    {
        _chance = new(seed);
        Kernel = new(this);
        Edge = new(this);
        Invariants = new(this);
    }

    /// <summary>The only thread on which anything happens.</summary>
    public int Thread { get; } = Environment.CurrentManagedThreadId;

    public EventQueue Events { get; } = new();

    public SimKernel Kernel { get; }

    public SimEdge Edge { get; }

    public SimJournal Journal { get; } = new();

    public SimNotify Notify { get; } = new();

    public Invariants Invariants { get; }

    /// <summary>Releases name their program by its place in this list.</summary>
    public List<SimProgram> Programs { get; } = [];

    public int NextPort { get; set; } = 20_000;

    public bool ExternalIsThere { get; set; } = true;

    public double SlowProbes { get; set; }

    public double SpawnFailures { get; set; }

    /// <summary>What users do just then.</summary>
    public Action WhileASpawnFails { get; set; } = () => { };

    public double PublishFailures { get; set; }

    /// <summary>Of each daemon, which runs' pipes it kept when it cleared away those of runs that are over.</summary>
    public List<ImmutableHashSet<string>> Swept { get; } = [];

    /// <summary>Services whose pipes and sockets the host refuses.</summary>
    public HashSet<string> CannotTakeOver { get; } = [];

    /// <summary>A story about faults of ours: that they are logged does not end it.</summary>
    public bool ExpectsFaults { get; set; }

    public Func<FailureFacts, FailureReport> Explain { get; set; } = facts => new(facts.Service.Value, facts.Instance, facts.Because, [], [], facts.Kept);

    /// <summary>The host has no descriptor left to kill by.</summary>
    public bool KillsFail { get; set; }

    /// <summary>Rollouts are a part of this world; null: nobody ever asks for one.</summary>
    public SimRollouts? Rollouts { get; set; }

    /// <summary>Where the daemon dies next, as a story tells; once.</summary>
    public Func<string, bool> DiesAt { get; set; } = _ => false;

    /// <summary>Decisions under test; a mutation plugs in a broken one.</summary>
    public InstanceDecision DecideInstance { get; set; } = InstanceMachine.Next;

    public ServiceDecision DecideService { get; set; } = ServicePlanner.Plan;

    /// <summary>A planted bug: a new daemon finds no process again.</summary>
    public bool IsBlind { get; set; }

    public Life? Life { get; private set; }

    public StackSupervisor? Supervisor { get; private set; }

    /// <summary>Acts that were asked and have not yet ended.</summary>
    public List<Task<OperationResult>> Running { get; } = [];

    public List<string> Story { get; } = [];

    /// <summary>The story tells every transition too.</summary>
    public bool IsTalkative { get; init; }

    public Random Chance => _chance;

    public bool Happens(double probability) => probability > 0 && _chance.NextDouble() < probability;

    public TimeSpan Vary(TimeSpan span) => span * (0.7 + (0.6 * _chance.NextDouble()));

    /// <summary>From now on each act of the daemon is its last with this probability.</summary>
    public void Haunt(double probability) => _strike = probability;

    public bool Strikes(string place)
    {
        if (DiesAt(place))
        {
            DiesAt = _ => false;
        }
        else if (!Happens(_strike))
        {
            return false;
        }

        Tell($"kill -9 of the daemon at \"{place}\"");
        return true;
    }

    public void Tell(string what) => Story.Add($"{TimeSpan.FromTicks(Events.Now):hh\\:mm\\:ss\\.fff} {what}");

    /// <summary>Starts a daemon, which adopts what it finds.</summary>
    public void StartDaemon()
    {
        var life = new Life(this, _bootAt);
        Life = life;
        life.Within(() =>
        {
            var prober = new SimProber(life);
            var ports = new SupervisorPorts(
                new SimProcessHost(life),
                Edge.For(life),
                prober,
                prober,
                new SimLogs(life),
                Notify.For(life),
                new SimListeners(life),
                Journal.For(life),
                life.Time,
                new Random(_chance.Next()),
                new StoryLogs(this),
                facts => Explain(facts));
            var options = new SupervisorOptions { BootId = $"boot-{_boot}", HostEnvironment = _ => ImmutableSortedDictionary<string, string>.Empty };
            Supervisor = new(ports, options, DecideInstance, DecideService);
            Watch(RecoverAsync(life, Supervisor), "recovery");
        });
    }

    private async Task RecoverAsync(Life life, StackSupervisor supervisor)
    {
        await supervisor.RecoverAsync(CancellationToken.None);
        Rollouts?.TakeOver(life, supervisor);
    }

    public void KillDaemon(string why)
    {
        if (Life is { IsAlive: true } life)
        {
            Tell($"kill -9 of the daemon: {why}");
            life.Kill();
        }
    }

    /// <summary>Power off, power on: no process survives, and the monotonic clock begins again.</summary>
    public void Reboot()
    {
        KillDaemon("the host loses power");
        Kernel.Vanish();
        Edge.Told.Clear();
        Invariants.Rebooted();
        _boot++;
        _bootAt = Events.Now - TimeSpan.FromSeconds(10).Ticks;
    }

    /// <summary>A user acts. Operations queue up in the daemon; those of a dead daemon have no answer.</summary>
    /// <param name="stopped">Services that a good answer promises to be stopped from then on, until the next act.</param>
    public void Act(string what, Func<StackSupervisor, Task<OperationResult>> act, params string[] stopped)
    {
        if (Life is not { IsAlive: true } life || Supervisor is not { } supervisor)
        {
            return;
        }

        Tell($"user: {what}");
        Invariants.Acted();
        Invariants.Stopped.Clear();
        life.Within(() =>
        {
            var running = AnswerAsync(what, act(supervisor), stopped);
            Running.Add(running);
            Watch(running, what);
        });
    }

    private async Task<OperationResult> AnswerAsync(string what, Task<OperationResult> act, string[] stopped)
    {
        var number = ++_acts;
        var result = await act;
        if (result.ExitCode is ExitCode.Done && number == _acts)
        {
            Invariants.Stopped.UnionWith(stopped);
        }

        Tell($"answer to {what}: {(result.ExitCode is ExitCode.Done ? "done" : result.ExitCode)}: {result.Summary}");
        Invariants.Acted();
        return result;
    }

    /// <summary>Lets the world run for so long.</summary>
    public void Run(TimeSpan span)
    {
        // A sound world knows some tens of events a second; one that spins through its own answers knows hundreds, for hours.
        const int Burst = 50_000, EachSecond = 200;
        var until = Events.Now + span.Ticks;
        for (var steps = 0L; ; steps++)
        {
            if (steps > Burst + (EachSecond * span.TotalSeconds))
            {
                throw new InvariantBrokenException("the daemon is busy without end, though nothing happens to it");
            }

            Drain();
            if (Life is { IsAlive: false } && Supervisor is not null)
            {
                // Whoever watches the daemon starts the next one soon.
                Supervisor = null;
                Running.Clear();
                Events.At(Vary(TimeSpan.FromMilliseconds(400)), StartDaemon);
            }

            if (!Events.Step(until))
            {
                break;
            }
        }

        Events.AdvanceTo(until);
        Drain();
    }

    private void Drain()
    {
        const int Storm = 200_000;
        for (var steps = 0; Life is { IsAlive: true, Pending: > 0 } life; steps++)
        {
            life.RunOne(_chance);
            if (steps > Storm)
            {
                throw new InvariantBrokenException("the daemon never comes to rest, though no time passes");
            }
        }

        Invariants.Look();
    }

    private void Watch(Task task, string what) => _ = task.ContinueWith(
        t =>
        {
            if (t.Exception is { } fault && fault.GetBaseException() is not DaemonKilledException)
            {
                Invariants.Broken($"{what} failed by a fault of ours: {fault.GetBaseException()}");
            }
        },
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
