using System.Collections.Immutable;
using Mainstay.Contracts.Logs;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Processes;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Simulation.Tests.World;

/// <summary>The kernel, as one daemon holds it.</summary>
internal sealed class SimProcessHost(Life life) : IProcessHost
{
    public SpawnResult Spawn(SpawnRequest request)
    {
        life.Pass("before spawn");
        if (life.World.Happens(life.World.SpawnFailures))
        {
            // A spawn takes its time before it fails. Everybody else goes on meanwhile, and orders come in before the news.
            life.World.WhileASpawnFails();
            life.RunSome(life.World.Chance);
            life.Pass("spawn failed");
            return new SpawnResult.Failed("executing", 12, "Cannot allocate memory");
        }

        var process = life.World.Kernel.Start(request);
        life.Pass("after spawn");
        return new SpawnResult.Started(new Held(life, process, isChild: true));
    }

    public IRunningProcess? Adopt(ProcessIdentity? identity, string runId)
    {
        life.Pass("adopt");
        return !life.World.IsBlind && life.World.Kernel.Find(identity, runId) is { } process ? new Held(life, process, isChild: false) : null;
    }

    public void KillLeftovers(string runId)
    {
        life.Pass("kill leftovers");
        life.World.Kernel.KillLeftovers(runId);
    }

    private sealed class Held : IRunningProcess
    {
        private readonly Life _life;
        private readonly SimProcess _process;
        // Continues where it is completed: the other kind would leave the simulation's one thread.
        private readonly TaskCompletionSource<ExitStatus> _exited = new();

        public Held(Life life, SimProcess process, bool isChild)
        {
            (_life, _process) = (life, process);
            process.Watchers.Add(exit =>
            {
                if (life.IsAlive)
                {
                    life.Within(() => _exited.TrySetResult(isChild ? exit : ExitStatus.Unknown));
                }
            });
        }

        public ProcessIdentity Identity => _process.Identity;

        public Task<ExitStatus> Exited => _exited.Task;

        public bool Signal(int signal)
        {
            _life.Pass("before signal");
            var sent = _life.World.Kernel.Signal(_process, signal);
            _life.Pass("after signal");
            return sent;
        }

        public void KillTree()
        {
            _life.Pass("before kill");
            if (_life.World.KillsFail)
            {
                throw new LinuxException("opening a process", Errno.EMFILE);
            }

            _life.World.Kernel.KillTree(_process);
            _life.Pass("after kill");
        }

        public ProcessUsage Usage() => new(_process.IsAlive ? _process.Program.Memory : 0, TimeSpan.Zero, 1);

        public ImmutableArray<ListeningSocket>? Listening() => _process.IsListening ? [new("127.0.0.1", _process.Port ?? 0)] : [];

        public void Dispose()
        {
        }
    }
}

internal sealed class SimProber(Life life) : IProber, IExternalProber
{
    public async Task<ProbeResult> ProbeAsync(ProbeTarget target, CancellationToken token)
    {
        life.Pass("probe");
        var slow = life.World.Happens(life.World.SlowProbes);
        await Task.Delay(slow ? target.Timeout : life.World.Vary(TimeSpan.FromMilliseconds(life.World.Happens(0.2) ? 400 : 5)), life.Time, token);
        var process = target.Port is { } port ? life.World.Kernel.Listener(port) : life.World.Kernel.Alive.FirstOrDefault(p => p.RunId == target.Environment["MAINSTAY_RUN"]);
        if (process is { IsAlive: true, IsListening: true, IsHung: false } && !slow)
        {
            if (process.RunId == target.Environment["MAINSTAY_RUN"])
            {
                process.WasSeenReady = true;
            }

            return new(life.Time.GetUtcNow(), ProbeOutcome.Passed, TimeSpan.Zero, "200 OK");
        }

        return new(life.Time.GetUtcNow(), slow || process is { IsHung: true } ? ProbeOutcome.TimedOut : ProbeOutcome.Refused, TimeSpan.Zero, slow ? "no answer in time" : "connection refused");
    }

    public async Task<ProbeResult> ProbeAsync(ExternalSpec external, CancellationToken token)
    {
        life.Pass("external probe");
        await Task.Delay(TimeSpan.FromMilliseconds(3), life.Time, token);
        return new(life.Time.GetUtcNow(), life.World.ExternalIsThere ? ProbeOutcome.Passed : ProbeOutcome.Refused, TimeSpan.Zero, life.World.ExternalIsThere ? "connected" : "connection refused");
    }
}

internal sealed class SimLogs(Life life) : ILogStore
{
    public ILogCapture Capture(ServiceName service, string instance, string runId, LogsSpec limits, string? user)
    {
        life.Pass("capture");
        if (life.World.CannotTakeOver.Contains(service.Value))
        {
            throw new IOException("no space left on device");
        }

        return new Captured(life);
    }

    public Task SweepAsync(ImmutableHashSet<string> running, CancellationToken token)
    {
        life.Pass("sweep");
        life.World.Swept.Add(running);
        return Task.CompletedTask;
    }

    public void Remark(ServiceName service, string instance, LogsSpec limits, string text)
    {
    }

    private sealed class Captured(Life life) : ILogCapture
    {
        public string StdoutFifo => "out";

        public string StderrFifo => "err";

        public ImmutableArray<LogRecord> LastLines(int count) => [];

        public Task FinishAsync(CancellationToken token) => Task.Delay(TimeSpan.FromMilliseconds(2), life.Time, token);
    }
}

/// <summary>READY=1 reaches whichever daemon listens at that moment; the socket's queue keeps it while none does.</summary>
internal sealed class SimNotify
{
    private readonly Dictionary<string, (Life Life, Action<NotifyMessage> Received)> _open = [];
    private readonly HashSet<string> _queued = [];

    public INotifySockets For(Life life) => new Sockets(this, life);

    public void Say(SimProcess process)
    {
        process.WasSeenReady = true;
        if (_open.TryGetValue(process.RunId, out var listener) && listener.Life.IsAlive)
        {
            listener.Received(Ready);
            return;
        }

        _queued.Add(process.RunId);
    }

    private static NotifyMessage Ready { get; } = new(true, false, false, false, false, "ready", null, null, 1);

    private sealed class Sockets(SimNotify notify, Life life) : INotifySockets
    {
        public string Open(string runId, string? user, Action<NotifyMessage> received)
        {
            life.Pass("open notify socket");
            if (life.World.CannotTakeOver.Any(service => runId.StartsWith(service + "-", StringComparison.Ordinal)))
            {
                throw new LinuxException("binding the notification socket", Errno.EMFILE);
            }

            notify._open[runId] = (life, message => life.Within(() => received(message)));
            if (notify._queued.Remove(runId))
            {
                received(Ready);
            }

            return runId;
        }

        public void Close(string runId) => notify._open.Remove(runId);
    }
}

internal sealed class SimListeners(Life life) : IListenPorts
{
    public int Pick()
    {
        life.Pass("pick a port");
        return life.World.NextPort++;
    }

    public string? Holder(int port) => life.World.Kernel.Listener(port)?.ToString();

    public ListenSocket Listen(string key, int? wanted, ProcessIdentity? running)
    {
        life.Pass("listen");
        return new(7, wanted ?? life.World.NextPort++);
    }

    public void Release(string key)
    {
    }
}
