using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Linux.Files;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Processes;
using Mainstay.Supervisor.Ports;
using Mainstay.Supervisor.Processes;

namespace Mainstay.Linux.Tests.Adapters;

public sealed class LinuxProcessHostTests : IDisposable
{
    private static int s_runs;

    private readonly Kernel _kernel = new();
    private readonly LinuxProcessHost _host;
    private readonly string _stdout;
    private readonly Descriptor _reader;
    private readonly List<IRunningProcess> _running = [];

    public LinuxProcessHostTests()
    {
        _host = NewDaemon();
        _stdout = Path.Combine(_kernel.Scratch, "stdout");
        Fifo.Make(_stdout);
        _reader = Kernel.Reader(_stdout);
    }

    public void Dispose()
    {
        foreach (var process in _running)
        {
            process.KillTree();
            process.Dispose();
        }

        _reader.Dispose();
        _kernel.Dispose();
    }

    private LinuxProcessHost NewDaemon(string home = "home") => new(new HomeLayout(Path.Combine(_kernel.Scratch, home)), _kernel.Loop, TimeProvider.System);

    private SpawnRequest Request(string script)
    {
        var runId = $"{Environment.ProcessId}-{Environment.TickCount64}-{Interlocked.Increment(ref s_runs)}";
        return new SpawnRequest(
            runId,
            ["sh", "-c", script],
            _kernel.Scratch,
            Kernel.Variables(),
            _stdout,
            _stdout,
            User: null,
            OpenFiles: null,
            ListenSocket: null,
            MemoryLimit: 1 << 30,
            Cpus: 2);
    }

    private IRunningProcess Start(SpawnRequest request)
    {
        var process = Assert.IsType<SpawnResult.Started>(_host.Spawn(request)).Process;
        _running.Add(process);
        return process;
    }

    private async Task<string> Said()
    {
        var readable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = _kernel.Loop.Register(_reader, Readiness.Readable, _ => readable.SetResult());
        await readable.Task.WaitAsync(Kernel.Cancelled);
        var buffer = new byte[4096];
        return System.Text.Encoding.UTF8.GetString(buffer, 0, Pipes.Read(_reader, buffer) ?? 0);
    }

    [Fact]
    public async Task A_run_is_started_measured_signalled_and_its_end_reported()
    {
        var process = Start(Request("trap 'exit 9' TERM; echo up; while :; do sleep 0.01; done"));
        Assert.Equal("up\n", await Said());
        var usage = process.Usage();
        Assert.InRange(usage.Processes, 1, 2);
        Assert.InRange(usage.MemoryBytes, 1, 64 << 20);
        Assert.True(process.Signal(15));
        Assert.Equal(new ExitStatus(9, null), await process.Exited.WaitAsync(Kernel.Cancelled));
        Assert.False(process.Signal(15));
    }

    [Fact]
    public async Task The_cgroups_of_a_home_go_with_its_last_run()
    {
        Assert.SkipUnless(_host.Capabilities.Tracking, _host.Capabilities.Because);
        var first = Start(Request("exec sleep 1000"));
        var second = Start(Request("exec sleep 1000"));
        var home = Path.GetDirectoryName(CgroupOf(first))!;
        Assert.Equal(2, Directory.GetDirectories(home).Length);
        first.KillTree();
        Assert.Equal(CgroupOf(second), Assert.Single(Directory.GetDirectories(home)));
        second.KillTree();
        await second.Exited.WaitAsync(Kernel.Cancelled);
        Assert.False(Directory.Exists(home));
    }

    private static string CgroupOf(IRunningProcess process) =>
        Linux.Cgroups.CgroupMounts.Find(File.ReadLines("/proc/self/mountinfo"), [])!.Mount
        + File.ReadLines($"/proc/{process.Identity.Pid}/cgroup").Single(line => line.StartsWith("0::", StringComparison.Ordinal))[3..];

    [Fact]
    public void A_refusal_names_its_stage()
    {
        var request = Request("") with { Argv = ["./nothing"] };
        var failed = Assert.IsType<SpawnResult.Failed>(_host.Spawn(request));
        Assert.Equal(("executing", Errno.ENOENT), (failed.Stage, failed.Errno));
        Assert.EndsWith("nothing does not exist", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_daemon_takes_a_run_over_by_its_identity_or_by_its_mark()
    {
        var request = Request("echo up; exec sleep 1000");
        var process = Start(request);
        await Said();
        var next = NewDaemon();
        using var known = next.Adopt(process.Identity, request.RunId);
        using var marked = next.Adopt(null, request.RunId);
        Assert.Equal(process.Identity, known?.Identity);
        Assert.Equal(process.Identity, marked?.Identity);
        Assert.Null(next.Adopt(null, "no-such-run"));
        known!.KillTree();
        Assert.Equal(9, (await marked!.Exited.WaitAsync(Kernel.Cancelled)).Signal);
    }

    [Fact]
    public async Task The_same_run_of_another_home_is_neither_adopted_nor_killed()
    {
        var request = Request("echo up; exec sleep 1000");
        var ours = Start(request);
        await Said();
        var other = NewDaemon("other");

        Assert.Null(other.Adopt(null, request.RunId));
        var theirs = Assert.IsType<SpawnResult.Started>(other.Spawn(request)).Process;
        theirs.KillTree();
        await theirs.Exited.WaitAsync(Kernel.Cancelled);
        theirs.Dispose();

        Assert.False(ours.Exited.IsCompleted);
        Assert.True(ours.Signal(0));
    }

    [Fact]
    public async Task A_stranger_on_the_pid_of_a_dead_run_is_left_alone_and_the_remains_of_the_run_are_ended()
    {
        var life = Kernel.Pipe();
        var request = Request("(setsid sleep 1000 &); echo up; exit 0") with { ListenSocket = life.Write.Number };
        var process = Start(request);
        await process.Exited.WaitAsync(Kernel.Cancelled);
        life.Write.Dispose();
        var stranger = _kernel.Start(_kernel.Shell("exec sleep 1000"));

        var next = NewDaemon();
        Assert.Null(next.Adopt(stranger.Identity with { StartTicks = stranger.Identity.StartTicks - 1 }, request.RunId));
        next.KillLeftovers(request.RunId);
        Assert.True(stranger.IsAlive);
        Assert.Equal(0, Pipes.Read(life.Read, new byte[1]));
        life.Read.Dispose();
    }

    [Fact]
    public async Task Remains_that_shed_their_mark_are_found_by_the_cgroup_of_their_run()
    {
        Assert.SkipUnless(_host.Capabilities.Tracking, _host.Capabilities.Because);
        var life = Kernel.Pipe();
        var request = Request("(setsid env -i PATH=$PATH sleep 1000 &); echo up; exit 0") with { ListenSocket = life.Write.Number };
        var process = Start(request);
        await process.Exited.WaitAsync(Kernel.Cancelled);
        life.Write.Dispose();

        NewDaemon().KillLeftovers(request.RunId);
        Assert.Equal(0, Pipes.Read(life.Read, new byte[1]));
        life.Read.Dispose();
    }

    [Fact]
    public async Task A_kill_of_ours_is_never_called_the_kernels()
    {
        var process = Start(Request("exec sleep 1000"));
        process.Signal(9);
        Assert.Equal(new ExitStatus(null, 9), await process.Exited.WaitAsync(Kernel.Cancelled));
    }

    [Fact]
    public async Task A_death_for_lack_of_memory_is_told_from_a_kill()
    {
        const string eat = "exec python3 -c 'x = b\"x\" * (300 << 20)'";
        var old = $"/sys/fs/cgroup/memory/mainstay-test-{Environment.ProcessId}";
        Assert.SkipUnless(_host.Capabilities.MemoryLimit || CanLimit(old), "neither cgroup v2 nor v1 limits memory here");
        try
        {
            var process = Start(_host.Capabilities.MemoryLimit
                ? Request(eat) with { MemoryLimit = 64 << 20 }
                : Request($"echo $$ > {old}/cgroup.procs; {eat}"));
            Assert.Equal(new ExitStatus(null, 9, OutOfMemory: true), await process.Exited.WaitAsync(Kernel.Cancelled));
        }
        finally
        {
            if (Directory.Exists(old))
            {
                Directory.Delete(old);
            }
        }
    }

    /// <summary>Version 1, where the adapter has no cgroup of its own and goes by the host's count.</summary>
    private static bool CanLimit(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllText(Path.Combine(directory, "memory.limit_in_bytes"), "67108864");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [Fact]
    public async Task Socket_activation_works_to_the_letter()
    {
        using var ports = new LinuxListenPorts(TimeProvider.System, new Random(1));
        var socket = ports.Listen("web-1#1", null, null);
        var request = Request("""
            exec python3 -c '
            import os, socket
            assert os.environ["LISTEN_PID"] == str(os.getpid()), "pid"
            s = socket.socket(fileno=3)
            print("up", flush=True)
            c, _ = s.accept()
            c.sendall(b"served")'
            """) with { ListenSocket = socket.Descriptor };
        request = request with { Environment = request.Environment.Add("LISTEN_FDS", "1") };
        Start(request);
        Assert.Equal("up\n", await Said());
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", socket.Port, Kernel.Cancelled);
        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("served", await reader.ReadToEndAsync(Kernel.Cancelled));
    }
}
