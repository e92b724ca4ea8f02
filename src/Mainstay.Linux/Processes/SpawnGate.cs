using System.Globalization;
using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Proc;

namespace Mainstay.Linux.Processes;

/// <summary>Holds a child between fork and exec, so that its limits, its cgroup and its pid can be arranged before its first instruction.</summary>
/// <remarks>
/// The child's file actions on one FIFO are: open for writing and close (which tells us that it is there), open for reading (which waits
/// until we open for writing), and open for writing without waiting (which fails unless we still read). If we die while it waits, it hangs
/// with nothing but its own few descriptors; <see cref="Sweep"/> of the next daemon opens the FIFO for writing only, so
/// that the last open fails and the child ends instead of running a program that nobody prepared.
/// The child names the FIFO as /proc/self/fd/N: as another user it could not walk to it.
/// </remarks>
internal sealed unsafe class SpawnGate : IDisposable
{
    private const string Suffix = ".gate";

    private static readonly ProcessIdentity s_us = new(Environment.ProcessId, ProcStat.Read(Environment.ProcessId)?.StartTicks ?? 0);
    private static int s_last;

    private readonly string _path;
    private readonly Descriptor _name;
    private readonly Descriptor _reader;
    private Descriptor? _writer;

    public SpawnGate(string directory)
    {
        _path = Path.Combine(directory, $"{s_us.Pid}-{s_us.StartTicks}-{Interlocked.Increment(ref s_last)}{Suffix}");
        File.Delete(_path);
        try
        {
            Libc.Check(Libc.MkFifo(_path, 0x180), $"making {_path}");
            Libc.Check(Libc.Chmod(_path, 0x1B6), $"opening {_path} to the service's user");
            _name = new Descriptor(Libc.Check(Libc.Open(_path, Libc.PATH | Libc.CLOEXEC, 0), $"opening {_path}"));
            _reader = new Descriptor(Libc.Check(Libc.Open(_path, Libc.RDONLY | Libc.NONBLOCK | Libc.CLOEXEC, 0), $"opening {_path}"));
        }
        catch
        {
            _name?.Dispose();
            File.Delete(_path);
            throw;
        }
    }

    /// <summary>The FIFO's descriptor, which the child needs under the number given to <see cref="AddActions"/>.</summary>
    public int Name => _name.Number;

    /// <param name="name">Where the child has <see cref="Name"/>.</param>
    /// <param name="free">A number that nothing of the child uses.</param>
    public static void AddActions(void* actions, int name, int free)
    {
        var path = $"/proc/self/fd/{name}";
        FileActions.Ask(Libc.ActionsAddOpen(actions, free, path, Libc.WRONLY | Libc.NONBLOCK, 0));
        FileActions.Ask(Libc.ActionsAddClose(actions, free));
        FileActions.Ask(Libc.ActionsAddOpen(actions, free, path, Libc.RDONLY, 0));
        FileActions.Ask(Libc.ActionsAddClose(actions, free));
        FileActions.Ask(Libc.ActionsAddOpen(actions, free, path, Libc.WRONLY | Libc.NONBLOCK, 0));
        FileActions.Ask(Libc.ActionsAddClose(actions, free));
        FileActions.Ask(Libc.ActionsAddClose(actions, name));
    }

    /// <summary>True when the child has come to the gate; false when the spawn has ended without one.</summary>
    public bool AwaitChild(Descriptor spawnEnded)
    {
        var items = stackalloc PollItem[2];
        items[0] = new PollItem { Fd = _reader.Number, Wanted = PollItem.In };
        items[1] = new PollItem { Fd = spawnEnded.Number, Wanted = PollItem.In };
        while (Libc.Poll(items, 2, -1) < 0)
        {
            if (Marshal.GetLastPInvokeError() is var errno and not Errno.EINTR)
            {
                throw new LinuxException("waiting for the new process", errno);
            }
        }

        return items[1].Got == 0;
    }

    /// <summary>Lets the child go on to its exec.</summary>
    public void Open() =>
        _writer = new Descriptor(Libc.Check(Libc.Open(_path, Libc.WRONLY | Libc.NONBLOCK | Libc.CLOEXEC, 0), $"opening {_path}"));

    /// <summary>Makes the child fail instead, and waits until it has.</summary>
    public void Refuse(Descriptor spawnEnded)
    {
        _reader.Dispose();
        var ended = new PollItem { Fd = spawnEnded.Number, Wanted = PollItem.In };
        while (Libc.Poll(&ended, 1, timeoutMilliseconds: 1) == 0)
        {
            // Fails until the child waits for a writer; once it does, it goes on, finds no reader, and ends.
            var writer = Libc.Open(_path, Libc.WRONLY | Libc.NONBLOCK | Libc.CLOEXEC, 0);
            if (writer >= 0)
            {
                _ = Libc.Close(writer);
            }
        }
    }

    /// <summary>Ends the children that a killed daemon left at its gates, and removes the gates.</summary>
    public static void Sweep(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory, "*" + Suffix).Where(path => !IsInUse(path)))
        {
            var writer = Libc.Open(path, Libc.WRONLY | Libc.NONBLOCK | Libc.CLOEXEC, 0);
            if (writer >= 0)
            {
                _ = Libc.Close(writer);
            }

            File.Delete(path);
        }
    }

    /// <summary>Whether the process that made it still lives: commands that start a daemon at the same time share a directory.</summary>
    private static bool IsInUse(string path) =>
        Path.GetFileName(path).Split('-') is [var pid, var ticks, _]
        && int.TryParse(pid, CultureInfo.InvariantCulture, out var number)
        && ProcStat.Read(number) is { IsDead: false } maker
        && long.TryParse(ticks, CultureInfo.InvariantCulture, out var started)
        && maker.StartTicks == started;

    public void Dispose()
    {
        _writer?.Dispose();
        _reader.Dispose();
        _name.Dispose();
        File.Delete(_path);
    }
}
