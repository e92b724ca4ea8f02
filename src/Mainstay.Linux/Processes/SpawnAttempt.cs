using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Signals;

namespace Mainstay.Linux.Processes;

/// <summary>One call of posix_spawn: its native arguments before, its result after.</summary>
internal sealed unsafe class SpawnAttempt : IDisposable
{
    private const string ListenPid = "LISTEN_PID";
    private const string ListenPidRoom = ListenPid + "=0000000000";

    private readonly SpawnSpec _spec;
    private readonly FileActions _actions;
    private readonly NativeStrings _argv;
    private readonly NativeStrings _environment;
    private SpawnOutcome.Failed? _failure;
    private int _pid;

    public SpawnAttempt(SpawnSpec spec, FileActions actions)
    {
        _spec = spec;
        _actions = actions;
        _argv = new NativeStrings(spec.Argv);
        var variables = spec.Environment.Where(v => !spec.SetListenPid || v.Key != ListenPid).Select(v => $"{v.Key}={v.Value}");
        _environment = new NativeStrings([.. variables, .. spec.SetListenPid ? [ListenPidRoom] : Array.Empty<string>()]);
    }

    /// <summary>The child shares our memory until its exec, which copies the environment: what is written here while it is held arrives.</summary>
    public void SetListenPid(int child)
    {
        if (_spec.SetListenPid)
        {
            _environment.Overwrite(_environment.Count - 1, ListenPid.Length + 1, Encoding.ASCII.GetBytes(child.ToString(CultureInfo.InvariantCulture)));
        }
    }

    /// <param name="switchError">Why the calling thread could not become the wanted user, or 0.</param>
    public void Run(int switchError)
    {
        if (switchError != 0)
        {
            _failure = new(SpawnStage.SwitchingUser, switchError, $"becoming \"{_spec.User}\": {Errno.Describe(switchError)}");
            return;
        }

        var search = _spec.Environment.FirstOrDefault(v => v.Key == "PATH").Value;
        var (program, missing, why) = ProgramFile.Find(_spec.Argv[0], _spec.Directory, search);
        if (program is null)
        {
            // A directory that is missing or closed also hides the programs below it; then it is the cause.
            var (stage, directory) = ProgramFile.Explain(_spec.Argv[0], _spec.Directory, missing);
            _failure = stage == SpawnStage.ChangingDirectory ? new(stage, missing, directory) : new(SpawnStage.FindingProgram, missing, why);
            return;
        }

        var error = Exec(program);
        if (error != 0)
        {
            var (stage, message) = ProgramFile.Explain(program, _spec.Directory, error);
            _failure = new(stage, error, message);
        }
    }

    private int Exec(string program)
    {
        var attributes = stackalloc byte[Libc.SpawnObjectSize];
        var signals = stackalloc byte[Libc.SpawnObjectSize];
        _ = Libc.SpawnAttributesInit(attributes);
        var path = Marshal.StringToCoTaskMemUTF8(program);
        try
        {
            // .NET ignores SIGPIPE, and ignored signals survive an exec: a service must find every signal as a fresh process does.
            // Every bit, not sigfillset: that leaves out the C library's own two, which posix_spawn would then ignore in the child.
            new Span<byte>(signals, Libc.SpawnObjectSize).Fill(0xff);
            _ = Libc.SpawnAttributesSetDefaults(attributes, signals);
            new Span<byte>(signals, Libc.SpawnObjectSize).Clear();
            _ = Libc.SpawnAttributesSetMask(attributes, signals);
            _ = Libc.SpawnAttributesSetFlags(attributes, Libc.SpawnSetSession | Libc.SpawnSetSignalDefaults | Libc.SpawnSetSignalMask);
            int pid;
            var error = Libc.Spawn(&pid, (byte*)path, _actions.Native, attributes, _argv.Items, _environment.Items);
            _pid = error == 0 ? pid : 0;
            return error;
        }
        finally
        {
            Marshal.FreeCoTaskMem(path);
            _ = Libc.SpawnAttributesDestroy(attributes);
        }
    }

    public SpawnOutcome Outcome()
    {
        if (_failure is not null)
        {
            return _failure;
        }

        try
        {
            return new SpawnOutcome.Started(PidFd.OfChild(_pid));
        }
        catch (LinuxException e)
        {
            // Out of descriptors. A process that nobody can watch must not run; not reaped yet, its pid is its own.
            _ = Libc.Kill(_pid, SignalNumber.SIGKILL);
            _ = Libc.WaitId(Libc.P_PID, _pid, null, Libc.WEXITED);
            return new SpawnOutcome.Failed(SpawnStage.Forking, e.Errno, e.Message);
        }
    }

    public void Dispose()
    {
        _argv.Dispose();
        _environment.Dispose();
    }
}
