using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Polling;

/// <summary>One thread that waits for all descriptors of the process (pidfds, FIFOs, datagram sockets) and tells their owners.</summary>
/// <remarks>
/// Every watch fires once and is then silent until <see cref="Watch.Rearm(Readiness)"/>: an owner that is slow to read can therefore
/// neither spin the thread nor lose an event, because arming looks at the descriptor again. A callback runs on the
/// loop's thread and must only post: a blocked callback is a daemon that notices no exit.
/// </remarks>
public sealed unsafe class EventLoop : IDisposable
{
    private const int Add = 1;
    private const int Delete = 2;
    private const int Modify = 3;
    private const uint OneShot = 1u << 30;
    private const int Batch = 256;
    private const ulong WakeToken = 0;

    // The kernel packs struct epoll_event on x86-64 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int TokenOffset = EventSize - sizeof(ulong);

    private readonly Descriptor _epoll;
    private readonly Descriptor _wake;
    private readonly ConcurrentDictionary<ulong, Watch> _watches = new();
    private readonly Action<Exception> _callbackFailed;
    private readonly Thread _thread;
    private ulong _lastToken = WakeToken;
    private volatile bool _stopping;

    /// <param name="callbackFailed">Told when a callback threw; the loop goes on. It should end the process if it cannot say what is broken.</param>
    public EventLoop(Action<Exception> callbackFailed)
    {
        _callbackFailed = callbackFailed;
        _epoll = new Descriptor(Libc.Check(Libc.EpollCreate(Libc.CLOEXEC), "making the event loop"));
        _wake = new Descriptor(Libc.Check(Libc.EventFd(0, Libc.CLOEXEC | Libc.NONBLOCK), "making the event loop's wake-up"));
        Control(Add, _wake.Number, (uint)Readiness.Readable, WakeToken);

        // The callbacks only post, so a small stack is enough; it is one thread for thousands of descriptors.
        _thread = new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "event-loop" };
        _thread.Start();
    }

    /// <summary>Watches a descriptor, armed at once unless <paramref name="wanted"/> is none. The descriptor stays open at least until the watch is disposed.</summary>
    public Watch Register(Descriptor descriptor, Readiness wanted, Action<Readiness> callback)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        var watch = new Watch(this, Interlocked.Increment(ref _lastToken), descriptor, callback);
        _watches[watch.Token] = watch;
        try
        {
            Control(Add, descriptor.Number, (uint)wanted | OneShot, watch.Token);
        }
        catch
        {
            _watches.TryRemove(watch.Token, out _);
            watch.LetGo();
            throw;
        }

        return watch;
    }

    internal void Rearm(Watch watch, Readiness wanted) => Control(Modify, watch.Descriptor.Number, (uint)wanted | OneShot, watch.Token);

    internal void Remove(Watch watch)
    {
        if (_watches.TryRemove(watch.Token, out _) && !_epoll.IsClosed)
        {
            Control(Delete, watch.Descriptor.Number, 0, watch.Token);
        }
    }

    private void Control(int operation, int descriptor, uint events, ulong token)
    {
        var buffer = stackalloc byte[16];
        *(uint*)buffer = events;
        *(ulong*)(buffer + TokenOffset) = token;
        Libc.Check(Libc.EpollControl(_epoll, operation, descriptor, buffer), "watching a descriptor");
    }

    private void Run()
    {
        var events = stackalloc byte[Batch * EventSize];
        while (!_stopping)
        {
            var count = Libc.EpollWait(_epoll, events, Batch, -1);
            for (var i = 0; i < count; i++)
            {
                var entry = events + (i * EventSize);
                Fire(*(ulong*)(entry + TokenOffset), (Readiness)(*(uint*)entry));
            }
        }
    }

    private void Fire(ulong token, Readiness ready)
    {
        // A watch that was disposed after the kernel reported it is no longer in the table; its token is never used again.
        if (!_watches.TryGetValue(token, out var watch))
        {
            return;
        }

        try
        {
            watch.Fire(ready);
        }
        catch (Exception e)
        {
            _callbackFailed(e);
        }
    }

    /// <summary>Ends the thread. Watches that are left fire no more; their descriptors are let go.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        var one = 1UL;
        _ = Libc.Write(_wake, &one, sizeof(ulong));
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }

        foreach (var watch in _watches.Values)
        {
            watch.Dispose();
        }

        _epoll.Dispose();
        _wake.Dispose();
    }
}
