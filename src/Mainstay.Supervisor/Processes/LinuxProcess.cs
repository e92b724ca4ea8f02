using System.Collections.Immutable;
using Mainstay.Linux.Cgroups;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Proc.Ports;
using Mainstay.Linux.Processes;
using Mainstay.Linux.Signals;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Processes;

/// <summary>A run: its main process by a pidfd, and the tree that came from it.</summary>
internal sealed class LinuxProcess : IRunningProcess
{
    private readonly PidFd _process;
    private readonly ProcessTree _tree;
    private readonly Cgroup? _cgroup;
    private readonly OutOfMemoryWatch _outOfMemory;
    private volatile bool _killedByUs;

    public LinuxProcess(PidFd process, ProcessTree tree, Cgroup? cgroup, OutOfMemoryWatch outOfMemory, EventLoop loop)
    {
        _process = process;
        _tree = tree;
        _cgroup = cgroup;
        _outOfMemory = outOfMemory;
        Exited = EndAsync();
        process.Follow(loop);
    }

    public ProcessIdentity Identity => _process.Identity;

    public Task<ExitStatus> Exited { get; }

    public bool Signal(int signal)
    {
        _killedByUs |= signal == SignalNumber.SIGKILL;
        return _process.Signal(signal);
    }

    public void KillTree()
    {
        _killedByUs = true;
        if (_tree.Kill())
        {
            _cgroup?.Remove();
        }
    }

    public ProcessUsage Usage()
    {
        _outOfMemory.Look();
        var (memory, cpu, processes) = _tree.Usage();
        return new ProcessUsage(memory, cpu, processes);
    }

    public ImmutableArray<Ports.ListeningSocket>? Listening() =>
        [.. PortHolders.ListenersOf(_tree.LivingPids()).Select(s => new Ports.ListeningSocket(s.Address.ToString(), s.Port))];

    private async Task<ExitStatus> EndAsync()
    {
        var status = await _process.Exited.ConfigureAwait(false);
        _tree.MainEnded();

        // Its own cgroup knows best, also when the kernel chose a child of it; else only a SIGKILL that was not ours can have been the kernel's.
        var outOfMemory = _cgroup?.OutOfMemoryKills is { } kills ? kills > 0 : status.Signal == SignalNumber.SIGKILL && !_killedByUs && _outOfMemory.TakeOne();
        return status with { OutOfMemory = outOfMemory && !_killedByUs };
    }

    public void Dispose()
    {
        _process.Dispose();
        if (Exited.IsCompleted)
        {
            _cgroup?.Remove();
        }
    }
}
