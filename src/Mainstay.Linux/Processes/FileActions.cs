using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Processes;

/// <summary>What the child does with descriptors and directory before its exec: the wanted ones at their numbers, all others closed.</summary>
internal sealed unsafe class FileActions : IDisposable
{
    private static readonly bool CanCloseFrom = Libc.Has("posix_spawn_file_actions_addclosefrom_np");

    private readonly List<Descriptor> _copies = [];
    private void* _actions = NativeMemory.AllocZeroed(Libc.SpawnObjectSize);

    /// <param name="wanted">Child's number → our descriptor; holds at least 0, 1 and 2.</param>
    public FileActions(SortedDictionary<int, int> wanted, string directory, SpawnGate? gate)
    {
        try
        {
            Ask(Libc.ActionsInit(_actions));
            Fill(wanted, directory, gate);
        }
        catch
        {
            // Out of descriptors, mostly: then those that we hold already are the last to leave behind.
            Dispose();
            throw;
        }
    }

    public void* Native => _actions;

    private void Fill(SortedDictionary<int, int> wanted, string directory, SpawnGate? gate)
    {
        var gateNumber = wanted.Keys.Last() + 1;
        var beyond = gateNumber + 2;
        if (gate is not null)
        {
            wanted[gateNumber] = gate.Name;
        }

        // Copies above every wanted number first: otherwise a dup2 could overwrite a descriptor that a later one still needs.
        foreach (var (to, from) in wanted)
        {
            var copy = new Descriptor(Libc.Check(Libc.Fcntl(from, Libc.F_DUPFD_CLOEXEC, beyond), "copying a descriptor for the new process"));
            _copies.Add(copy);
            Ask(Libc.ActionsAddDup2(_actions, copy.Number, to));
        }

        // Everything of ours is close-on-exec, but a child at the gate has not come to its exec: it must not keep our lock and sockets if we die now.
        for (var number = 0; number < beyond; number++)
        {
            if (!wanted.ContainsKey(number))
            {
                Ask(Libc.ActionsAddClose(_actions, number));
            }
        }

        CloseFrom(beyond);
        if (gate is not null)
        {
            SpawnGate.AddActions(_actions, gateNumber, gateNumber + 1);
        }

        Ask(Libc.ActionsAddChdir(_actions, directory));
    }

    private void CloseFrom(int beyond)
    {
        if (CanCloseFrom)
        {
            Ask(Libc.ActionsAddCloseFrom(_actions, beyond));
            return;
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), out var number) && number >= beyond)
            {
                Ask(Libc.ActionsAddClose(_actions, number));
            }
        }
    }

    internal static void Ask(int error) => Libc.CheckError(error, "preparing the descriptors of a new process");

    public void Dispose()
    {
        if (_actions is not null)
        {
            _ = Libc.ActionsDestroy(_actions);
            NativeMemory.Free(_actions);
            _actions = null;
        }

        foreach (var copy in _copies)
        {
            copy.Dispose();
        }
    }
}
