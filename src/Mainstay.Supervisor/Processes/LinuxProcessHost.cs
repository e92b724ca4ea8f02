using Mainstay.Contracts;
using Mainstay.Linux.Cgroups;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Processes;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Processes;

/// <summary>The kernel itself as the supervisor sees it. One for each daemon.</summary>
public sealed class LinuxProcessHost : IProcessHost
{
    /// <summary>The mark by which a process is known as ours whatever became of its parents; see <see cref="HomeMark"/>.</summary>
    public const string RunVariable = "MAINSTAY_RUN";

    // A daemon that starts adopts all its runs at once; they may share one scan.
    private static readonly TimeSpan AdoptionScanAge = TimeSpan.FromSeconds(1);

    private readonly HomeMark _home;
    private readonly EventLoop _loop;
    private readonly Spawner _spawner;
    private readonly CgroupTree _cgroups;
    private readonly ProcScanner _scanner;
    private readonly OutOfMemoryWatch _outOfMemory;

    public LinuxProcessHost(HomeLayout home, EventLoop loop, TimeProvider time)
    {
        _home = new HomeMark(home);
        _loop = loop;
        _spawner = new Spawner(Path.Combine(home.Run, "spawn"));
        _cgroups = CgroupTree.Open("mainstay-" + _home.Digest);
        _scanner = new ProcScanner(time, RunVariable);
        _outOfMemory = new OutOfMemoryWatch(time);
    }

    /// <summary>What this host lacks, in one sentence to say once; empty when nothing.</summary>
    public CgroupCapabilities Capabilities => _cgroups.Capabilities;

    /// <summary>For processes that are no services, like the edge's workers.</summary>
    public Spawner Spawner => _spawner;

    /// <summary>For whoever else needs to know what runs: one scan serves all.</summary>
    public ProcScanner Scanner => _scanner;

    public SpawnResult Spawn(SpawnRequest request)
    {
        // One cgroup for each run, not for each instance: while a reload drains the old process, both live.
        var cgroup = _cgroups.Create(Safe(request.RunId), request.MemoryLimit, request.Cpus);
        var outcome = _spawner.Spawn(new SpawnSpec
        {
            Argv = request.Argv,
            Directory = request.Directory,
            Environment = request.Environment.SetItem(RunVariable, _home.Of(request.RunId)),
            Stdout = ChildOutput.ToPath(request.StdoutFifo),
            Stderr = ChildOutput.ToPath(request.StderrFifo),
            User = request.User,
            OpenFiles = request.OpenFiles,
            Descriptors = request.ListenSocket is { } socket ? [(socket, LinuxListenPorts.ChildDescriptor)] : [],
            SetListenPid = request.ListenSocket is not null,
            Cgroup = cgroup?.Path,
        });
        switch (outcome)
        {
            case SpawnOutcome.Started started:
                return new SpawnResult.Started(Run(started.Process, request.RunId, cgroup));
            case SpawnOutcome.Failed failed:
                cgroup?.Remove();
                return new SpawnResult.Failed(failed.Stage.Phrase(), failed.Errno, failed.Message);
            default:
                throw new InvalidOperationException($"an outcome that is no outcome: {outcome}");
        }
    }

    public IRunningProcess? Adopt(ProcessIdentity? identity, string runId)
    {
        // Once the journal knows the main process, nobody else is it: a grandchild that still carries the mark is only a remainder.
        var process = identity is { } known ? PidFd.Open(known) : FindByMark(runId);
        return process is null ? null : Run(process, runId, _cgroups.Of(process.Identity.Pid));
    }

    public void KillLeftovers(string runId)
    {
        // By both: who has shed the mark cannot have left the cgroup, and where there is no cgroup the mark is all there is.
        if (_cgroups.Find(Safe(runId)) is { } cgroup)
        {
            new ProcessTree(null, _home.Of(runId), cgroup, _scanner).Kill();
            cgroup.Remove();
        }

        if (_scanner.RecentMarks(AdoptionScanAge).CarriersOf(_home.Of(runId)).Any())
        {
            new ProcessTree(null, _home.Of(runId), null, _scanner).Kill();
        }
    }

    private LinuxProcess Run(PidFd process, string runId, Cgroup? cgroup) =>
        new(process, new ProcessTree(process.Identity, _home.Of(runId), cgroup, _scanner), cgroup, _outOfMemory, _loop);

    /// <summary>We start every main process as the leader of a session, so it is the oldest leader that carries the mark.</summary>
    private PidFd? FindByMark(string runId) => _scanner.RecentMarks(AdoptionScanAge).CarriersOf(_home.Of(runId))
        .Where(process => process.Session == process.Pid)
        .OrderBy(process => process.StartTicks)
        .Select(process => PidFd.Open(new ProcessIdentity(process.Pid, process.StartTicks)))
        .FirstOrDefault(process => process is not null);

    /// <summary>One name that cannot climb out of our cgroup.</summary>
    private static string Safe(string runId) => runId.Replace('/', '-').TrimStart('.');
}
