using System.Collections.Immutable;
using System.Diagnostics;
using Mainstay.Contracts;
using Mainstay.Daemon.Api;
using Mainstay.Daemon.Applying;
using Mainstay.Daemon.Edge;
using Mainstay.Daemon.Lifecycle;
using Mainstay.Daemon.Rollouts;
using Mainstay.Daemon.Switches;
using Mainstay.Journal;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Proc.Ports;
using Mainstay.Preflight.Host;
using Mainstay.Rollout;
using Mainstay.Supervisor.Diagnosis;
using Mainstay.Supervisor.Logs;
using Mainstay.Supervisor.Ports;
using Mainstay.Supervisor.Probes;
using Mainstay.Supervisor.Processes;
using Mainstay.Supervisor.Stacks;
using Mainstay.Spec.Shipped;
using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon;

/// <summary>Puts the daemon together and brings it to where the last one was. The only place that knows every part.</summary>
internal sealed class DaemonComposition : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _parts = [];

    private DaemonComposition(ApiRouter router) => Router = router;

    public ApiRouter Router { get; }

    public static async Task<DaemonComposition> StartAsync(DaemonIdentity identity, SettingsReader? settings, ILoggerFactory loggers, CancellationToken token)
    {
        var began = Stopwatch.GetTimestamp();
        var (home, clock, logger) = (identity.Home, TimeProvider.System, loggers.CreateLogger(nameof(DaemonComposition)));
        var journal = SqliteJournal.Open(home.Database);
        var loop = new EventLoop(e => logger.CallbackFailed(e));
        var processes = new LinuxProcessHost(home, loop, clock);
        var listeners = new LinuxListenPorts(clock, new Random());
        var notify = new LinuxNotifySockets(home, loop);
        var logs = new LogStore(home, loop, clock, loggers.CreateLogger<LogStore>());
        var prober = new Prober(processes.Spawner, loop, processes.Scanner, clock);
        var externals = new ExternalProber(clock);

        var sockets = new EdgeSockets();
        var keeper = new EdgeKeeper(home, journal, new EdgeProcessLauncher(home, processes.Spawner, loop), sockets, clock, loggers.CreateLogger<EdgeKeeper>());
        var switches = new SwitchStore(journal, clock, loggers.CreateLogger<SwitchStore>());
        var traffic = new EdgeTraffic(keeper, switches, clock, loggers.CreateLogger<EdgeTraffic>());
        var edge = new EdgeHost(keeper, sockets, traffic, journal, clock, loggers.CreateLogger<EdgeHost>());
        await keeper.StartAsync(token);

        var supervisor = new StackSupervisor(
            new SupervisorPorts(processes, traffic, prober, externals, logs, notify, listeners, journal, clock, new Random(), loggers, FailureExplainer.Explain),
            new SupervisorOptions { BootId = (await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id", token)).Trim(), HostEnvironment = HostVariables.Of, OwnProgram = Environment.ProcessPath ?? "mainstay", DataOf = home.Data });
        await supervisor.RecoverAsync(token);
        await edge.RecoverAsync(supervisor.Stack, token);
        logger.TookOver(supervisor.Services().Length, Stopwatch.GetElapsedTime(began).TotalMilliseconds);

        var facts = new LinuxHostFacts(HostVariables.SearchPath, processes.Capabilities.Because);
        bool IsOurs(PortHolder holder) => OwnsPort(supervisor, keeper, holder);
        var stack = new LiveStack(identity, supervisor, edge);
        var desk = new SwitchDesk(switches, traffic, supervisor, clock);
        var commands = new LinuxCommands(new HomeMark(home), processes.Spawner, processes.Scanner, loop, HostVariables.Of, clock);
        commands.KillLeftovers();
        var house = new RolloutHouse(home, new(
            new SupervisorInstances(supervisor),
            new DaemonStack(stack),
            new EdgeMeter(keeper, traffic),
            new ProberVerifier(prober),
            new LinuxProcessFacts(),
            commands,
            new PreflightReleaseCheck(facts),
            journal,
            clock,
            loggers.CreateLogger("Mainstay.Rollout"),
            HostVariables.SearchPath,
            environment => Redactor.Of(environment).Redact));
        var core = new DaemonCore(identity, supervisor, edge, stack, desk, new StackPreparer(new PreflightHostCheck(home, facts, IsOurs, settings, clock)), new RolloutDesk(home, house, supervisor, new DependencyCheck(externals, clock), clock));
        house.Rollouts.Recover();
        if (processes.Capabilities.Because.Length > 0)
        {
            identity.Notices = [processes.Capabilities.Because];
            logger.HostLacks(processes.Capabilities.Because);
        }

        var daemon = new DaemonComposition(new ApiRouter(core, journal, clock, loggers.CreateLogger<ApiRouter>()));

        // In the order of their making; they go in reverse. The journal goes last, because everything writes to it.
        daemon._parts.AddRange([new Synchronous(journal), new Synchronous(core), new Synchronous(loop), new Synchronous(listeners), new Synchronous(notify), new Synchronous(prober), new Synchronous(externals), logs, keeper, new Synchronous(traffic), new Synchronous(desk), new Synchronous(edge), supervisor, house]);
        return daemon;
    }

    /// <summary>Lets go of everything; services and edge run on.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts))
        {
            await part.DisposeAsync();
        }
    }

    /// <summary>A port that a process of this home's stack or the edge holds is no obstacle to applying the stack again.</summary>
    private static bool OwnsPort(StackSupervisor supervisor, EdgeKeeper keeper, PortHolder holder) =>
        holder.Pids.Contains(Environment.ProcessId)
        || holder.Pids.Any(pid => pid == keeper.Status().Pid)
        || supervisor.Services().SelectMany(s => s.Instances).Any(i => i.Pid is { } pid && holder.Pids.Contains(pid))
        || (holder.Process?.RunBy is RunBy.Mainstay { Stack: { } stack } && stack == supervisor.Stack?.Name.Value);

    private sealed class Synchronous(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
