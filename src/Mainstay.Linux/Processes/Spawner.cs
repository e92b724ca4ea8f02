using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Signals;

namespace Mainstay.Linux.Processes;

/// <summary>Starts processes: own session, clean signals, chosen descriptors only, and a refusal of the kernel comes back with its stage and errno.</summary>
/// <remarks>
/// One posix_spawn does it all. What it cannot do by itself is arranged around it: another user by making the child from a thread
/// that has become that user, and limits, cgroup and LISTEN_PID while the child is held at a <see cref="SpawnGate"/>. No shell and
/// no helper program stands in between, so the environment is exact and an exec that fails is never a mysterious exit 127.
/// </remarks>
public sealed class Spawner
{
    // For the whole process: the gate finds its child as the only one of its thread, and dumpability, which a switch of users changes, is one setting.
    private static readonly Lock s_oneAtATime = new();

    private readonly string _gates;

    /// <param name="gateDirectory">Made when missing. Children that a killed daemon left waiting in it are ended.</param>
    /// <exception cref="LinuxException">The kernel is older than 5.4 and cannot hold a process, or the directory cannot be made.</exception>
    public Spawner(string gateDirectory)
    {
        Directory.CreateDirectory(gateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        SpawnGate.Sweep(gateDirectory);
        _gates = gateDirectory;
        KeepExitStatuses();

        // Now, rather than after the first child runs that we cannot hold.
        PidFd.OpenCurrent(Environment.ProcessId)?.Dispose();
    }

    /// <summary>Returns when the program runs or cannot. Blocks for the time of a fork and an exec.</summary>
    public SpawnOutcome Spawn(SpawnSpec spec)
    {
        try
        {
            return Refuse(spec) ?? Prepare(spec);
        }
        catch (StageException e)
        {
            return new SpawnOutcome.Failed(e.Stage, e.Errno, e.Message);
        }
        catch (LinuxException e)
        {
            // Out of descriptors, memory or disk: ours to have prevented, but the caller deals with it as with any other process that did not start.
            return new SpawnOutcome.Failed(SpawnStage.Forking, e.Errno, e.Message);
        }
    }

    private SpawnOutcome Prepare(SpawnSpec spec)
    {
        var account = AccountFor(spec.User);
        using var nothing = new Descriptor(Libc.Check(Libc.Open("/dev/null", Libc.RDWR | Libc.CLOEXEC, 0), "opening /dev/null"));
        using var stdout = OpenOutput(spec.Stdout);
        using var stderr = OpenOutput(spec.Stderr);
        var wanted = new SortedDictionary<int, int>
        {
            [0] = nothing.Number,
            [1] = stdout?.Number ?? spec.Stdout.Descriptor ?? nothing.Number,
            [2] = stderr?.Number ?? spec.Stderr.Descriptor ?? nothing.Number,
        };
        foreach (var (from, to) in spec.Descriptors)
        {
            wanted[to] = from;
        }

        var needsGate = spec.OpenFiles is not null || spec.Cgroup is not null || spec.SetListenPid;
        if (!needsGate && account is null)
        {
            using var actions = new FileActions(wanted, spec.Directory, null);
            using var simple = new SpawnAttempt(spec, actions);
            simple.Run(switchError: 0);
            return simple.Outcome();
        }

        lock (s_oneAtATime)
        {
            using var gate = needsGate ? new SpawnGate(_gates) : null;
            using var actions = new FileActions(wanted, spec.Directory, gate);
            using var attempt = new SpawnAttempt(spec, actions);
            using var thread = new SpawnThread(account, attempt.Run);
            var fault = gate is null ? null : Arrange(spec, account, gate, attempt, thread);
            thread.Join();
            return fault ?? attempt.Outcome();
        }
    }

    private static SpawnOutcome.Failed? Arrange(SpawnSpec spec, UserAccount? account, SpawnGate gate, SpawnAttempt attempt, SpawnThread thread)
    {
        try
        {
            if (gate.AwaitChild(thread.Ended))
            {
                var child = ChildOf(thread.Id);
                JoinCgroup(child, spec.Cgroup);
                OpenFilesLimit.Apply(child, spec.OpenFiles, account);
                attempt.SetListenPid(child);
                gate.Open();
            }

            return null;
        }
        catch (StageException e)
        {
            gate.Refuse(thread.Ended);
            return new SpawnOutcome.Failed(e.Stage, e.Errno, e.Message);
        }
        catch
        {
            gate.Refuse(thread.Ended);
            throw;
        }
    }

    private static int ChildOf(int thread)
    {
        Span<byte> buffer = stackalloc byte[64];
        var length = ProcFile.Read($"/proc/self/task/{thread}/children", buffer);
        return length > 0 && int.TryParse(Encoding.ASCII.GetString(buffer[..length]), CultureInfo.InvariantCulture, out var pid)
            ? pid
            : throw new LinuxException("finding the new process in /proc/self/task/*/children (needs a kernel with CONFIG_PROC_CHILDREN)", Errno.ENOENT);
    }

    private static unsafe void JoinCgroup(int child, string? cgroup)
    {
        if (cgroup is null)
        {
            return;
        }

        // By our own calls: what a managed one leaves as the last error need not be that of its failure.
        var path = Path.Combine(cgroup, "cgroup.procs");
        var text = Encoding.ASCII.GetBytes(child.ToString(CultureInfo.InvariantCulture));
        using var members = new Descriptor(Libc.Open(path, Libc.WRONLY | Libc.CLOEXEC, 0));
        fixed (byte* start = text)
        {
            if (members.IsInvalid || Libc.Write(members, start, (nuint)text.Length) < 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                throw new StageException(SpawnStage.JoiningCgroup, errno, $"{path}: {Errno.Describe(errno)}");
            }
        }
    }

    private static UserAccount? AccountFor(string? user)
    {
        if (user is null)
        {
            return null;
        }

        var account = UserAccount.Find(user)
            ?? throw new StageException(SpawnStage.LookingUpUser, Errno.ENOENT, $"this host has no user \"{user}\"");
        var ours = Libc.GetEuid();
        return account.UserId == ours ? null
            : ours == 0 ? account
            : throw new StageException(SpawnStage.SwitchingUser, Errno.EPERM, $"only root can run a program as \"{user}\"");
    }

    private static Descriptor? OpenOutput(ChildOutput output)
    {
        if (output.Path is null)
        {
            return null;
        }

        var number = Libc.Open(output.Path, Libc.RDWR | Libc.CLOEXEC | Libc.NOCTTY, 0);
        return number >= 0
            ? new Descriptor(number)
            : throw new StageException(
                SpawnStage.OpeningLogPipe, Marshal.GetLastPInvokeError(), $"{output.Path}: {Errno.Describe(Marshal.GetLastPInvokeError())}");
    }

    private static SpawnOutcome.Failed? Refuse(SpawnSpec spec)
    {
        var why = spec.Argv.IsDefaultOrEmpty ? "the command is empty"
            : spec.Argv.Any(argument => argument.Contains('\0')) ? "an argument holds a NUL character"
            : spec.Environment.FirstOrDefault(v => v.Key.Length == 0 || v.Key.AsSpan().ContainsAny('=', '\0') || v.Value.Contains('\0')) is { Key: { } name }
                ? $"the environment variable \"{name.Replace("\0", "\\0", StringComparison.Ordinal)}\" has a NUL character or its name an equals sign"
            : null;
        return why is null ? null : new SpawnOutcome.Failed(SpawnStage.Executing, Errno.EINVAL, why);
    }

    /// <summary>Who starts us may have left SIGCHLD ignored; then the kernel would throw our children's exit statuses away.</summary>
    private static unsafe void KeepExitStatuses()
    {
        const nint ignored = 1;
        var action = stackalloc nint[32];
        if (Libc.SigAction(SignalNumber.SIGCHLD, null, action) == 0 && action[0] == ignored)
        {
            _ = Libc.Signal(SignalNumber.SIGCHLD, 0);
        }
    }
}
