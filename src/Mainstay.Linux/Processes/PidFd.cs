using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Proc;

namespace Mainstay.Linux.Processes;

/// <summary>A process held by a descriptor: whatever happens to its pid, signals go to this process or to nobody.</summary>
public sealed class PidFd : IDisposable
{
    private readonly Descriptor _descriptor;
    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _ours;
    private readonly Lock _ending = new();
    private Watch? _watch;
    private bool _released;

    private PidFd(Descriptor descriptor, ProcessIdentity identity, bool ours)
    {
        _descriptor = descriptor;
        Identity = identity;
        _ours = ours;
    }

    public ProcessIdentity Identity { get; }

    /// <summary>Completes once, when the process has ended; never faults. Needs <see cref="Follow"/>.</summary>
    public Task<ExitStatus> Exited => _exited.Task;

    /// <summary>Null when that process is gone, even if its pid is taken by another.</summary>
    public static PidFd? Open(ProcessIdentity identity)
    {
        var held = Hold(identity.Pid, ours: false);
        if (held is not null && held.Identity != identity)
        {
            held.Dispose();
            return null;
        }

        return held;
    }

    /// <summary>Null when there is no such process, or only its remains.</summary>
    public static PidFd? OpenCurrent(int pid) => Hold(pid, ours: false);

    /// <summary>Of a child that was just made. Until we reap it, its pid cannot be given to another, so this cannot hit a stranger.</summary>
    internal static PidFd OfChild(int pid) =>
        Hold(pid, ours: true) ?? throw Libc.Error($"holding the new process {pid}");

    private static PidFd? Hold(int pid, bool ours)
    {
        var number = Libc.PidfdOpen(pid);
        if (number < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            return errno is Errno.ESRCH or Errno.EINVAL or Errno.ENOENT ? null : throw new LinuxException($"holding process {pid}", errno);
        }

        // Read after opening: if the pid was passed on in between, the start time is the newcomer's and so is the descriptor or
        // the descriptor's process is dead; either way the identity below does not match what the caller knew.
        var descriptor = new Descriptor(number);
        if (ProcStat.Read(pid) is not { } stat || (stat.IsDead && !ours))
        {
            descriptor.Dispose();
            return null;
        }

        return new PidFd(descriptor, new ProcessIdentity(pid, stat.StartTicks), ours);
    }

    /// <summary>Lets <paramref name="loop"/> notice the end. Call once.</summary>
    public PidFd Follow(EventLoop loop)
    {
        _watch = loop.Register(_descriptor, Readiness.None, _ => Ended());
        _watch.Rearm();
        return this;
    }

    /// <summary>False when the process is gone, or is a zombie whose end is already known.</summary>
    public bool Signal(int signal) => !_exited.Task.IsCompleted && Libc.PidfdSendSignal(_descriptor, signal) == 0;

    /// <summary>Whether it still runs; a zombie does not.</summary>
    public bool IsAlive => !_exited.Task.IsCompleted && ProcStat.Read(Identity.Pid) is { IsDead: false } stat && stat.StartTicks == Identity.StartTicks;

    /// <summary>A copy of a descriptor of that process, close-on-exec; null when the process is gone, has no such descriptor, or the kernel does not let us.</summary>
    public Descriptor? TakeDescriptor(int number)
    {
        var copy = Libc.PidfdGetfd(_descriptor, number);
        return copy < 0 ? null : new Descriptor(copy);
    }

    internal Descriptor Descriptor => _descriptor;

    private void Ended()
    {
        // A child is reaped here and nowhere else. Where SIGCHLD is ignored the kernel has reaped it already; then its pidfd is asked like a stranger's.
        var status = (_ours ? ExitReader.Reap(_descriptor) : null) ?? ExitReader.Ask(_descriptor, Identity);
        bool released;
        lock (_ending)
        {
            _exited.TrySetResult(status);
            released = _released;
        }

        if (released)
        {
            Close();
        }
    }

    /// <summary>Lets the process go. A child of ours that still runs is watched on until its end, so that it leaves no zombie.</summary>
    public void Dispose()
    {
        lock (_ending)
        {
            _released = true;
            if (_ours && _watch is not null && !_exited.Task.IsCompleted)
            {
                return;
            }
        }

        // Not under the lock: a watch waits for its callback, and the callback for this lock.
        Close();
    }

    private void Close()
    {
        _watch?.Dispose();
        _descriptor.Dispose();
    }
}
