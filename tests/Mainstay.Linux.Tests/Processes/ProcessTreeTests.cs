using Mainstay.Linux.Cgroups;
using Mainstay.Linux.Files;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Processes;

namespace Mainstay.Linux.Tests.Processes;

public sealed class ProcessTreeTests : IDisposable
{
    private const string Mark = "MAINSTAY_RUN";

    private readonly Kernel _kernel = new();
    private readonly ProcScanner _scanner = new(TimeProvider.System, Mark);
    private readonly (Descriptor Read, Descriptor Write) _life = Kernel.Pipe();
    private readonly string _run = $"run-{Environment.ProcessId}-{Environment.TickCount64}";

    public void Dispose()
    {
        _life.Read.Dispose();
        _kernel.Dispose();
    }

    /// <summary>Starts a script that says "up" when its tree stands, in which everybody holds descriptor 9.</summary>
    private async Task<PidFd> Plant(string script, bool marked = true)
    {
        var said = Path.Combine(_kernel.Scratch, "said");
        Fifo.Make(said);
        using var reader = Kernel.Reader(said);
        var spec = _kernel.Shell(script) with { Stdout = ChildOutput.ToPath(said), Descriptors = [(_life.Write.Number, 9)] };
        var process = _kernel.Start(marked ? spec with { Environment = Kernel.Variables((Mark, _run)) } : spec);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = _kernel.Loop.Register(reader, Readiness.Readable, _ => up.SetResult());
        await up.Task.WaitAsync(Kernel.Cancelled);
        _life.Write.Dispose();
        return process;
    }

    /// <summary>Completes when no process of the tree is left: they all hold the writing end.</summary>
    private async Task NobodyIsLeft()
    {
        var gone = new TaskCompletionSource<Readiness>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = _kernel.Loop.Register(_life.Read, Readiness.Readable, gone.SetResult);
        Assert.Equal(Readiness.HungUp, await gone.Task.WaitAsync(Kernel.Cancelled));
    }

    [Fact]
    public async Task Children_that_ignore_signals_and_grandchildren_in_sessions_of_their_own_are_killed()
    {
        var main = await Plant("""
            (trap '' TERM INT HUP; while :; do sleep 1000; done) &
            setsid sh -c 'sleep 1000 & wait' &
            (setsid sh -c '(setsid sleep 1000 &) ; exec sleep 1000' &)
            until [ $(grep -lz "$MAINSTAY_RUN" /proc/[0-9]*/environ 2>/dev/null | wc -l) -ge 7 ]; do :; done
            echo up; wait
            """);
        var tree = new ProcessTree(main.Identity, _run, null, _scanner);
        Assert.True(tree.Kill());
        await NobodyIsLeft();
        Assert.Equal(9, (await main.Exited.WaitAsync(Kernel.Cancelled)).Signal);
    }

    [Fact]
    public async Task What_the_main_process_leaves_behind_is_still_its_tree()
    {
        var main = await Plant("sleep 1000 & (setsid sleep 1000 &) ; echo up; exit 5");
        Assert.Equal(5, (await main.Exited.WaitAsync(Kernel.Cancelled)).Code);
        var tree = new ProcessTree(main.Identity, _run, null, _scanner);
        tree.MainEnded();
        Assert.True(tree.Kill());
        await NobodyIsLeft();
    }

    [Fact]
    public async Task Without_its_mark_a_session_is_still_found_and_a_tree_in_it_killed()
    {
        var main = await Plant("env -i sleep 1000 & (sleep 1000 &) ; echo up; wait", marked: false);
        Assert.True(new ProcessTree(main.Identity, _run, null, _scanner).Kill());
        await NobodyIsLeft();
    }

    [Fact]
    public async Task Only_the_mark_finds_the_rest_of_a_run_whose_main_process_is_long_gone()
    {
        var main = await Plant("(setsid sleep 1000 &) ; sleep 1000 & echo up; exit 0");
        await main.Exited.WaitAsync(Kernel.Cancelled);
        Assert.True(new ProcessTree(null, _run, null, _scanner).Kill());
        await NobodyIsLeft();
    }

    [Fact]
    public void A_session_that_began_after_the_main_process_ended_is_a_strangers()
    {
        var tree = new ProcessTree(new ProcessIdentity(500, 1000), _run, null, _scanner);
        var member = new ProcStat(501, "child", 'S', 1, 500, 0, 0, 1100, 1, 0);
        var stranger = new ProcStat(500, "stranger", 'S', 1, 500, 0, 0, long.MaxValue, 1, 0);
        Assert.Equal([member], tree.Members(new ProcTable([member]), null));
        tree.MainEnded();
        Assert.Equal([member], tree.Members(new ProcTable([member]), null));
        Assert.Empty(tree.Members(new ProcTable([stranger, stranger with { Pid = 502 }]), null));
    }

    [Fact]
    public void A_child_older_than_its_parent_is_the_child_of_another()
    {
        var tree = new ProcessTree(new ProcessIdentity(500, 1000), _run, null, _scanner);
        var main = new ProcStat(500, "main", 'S', 1, 500, 0, 0, 1000, 1, 0);
        var older = new ProcStat(501, "older", 'S', 500, 7, 0, 0, 900, 1, 0);
        var child = new ProcStat(502, "child", 'S', 500, 502, 0, 0, 1000, 1, 0);
        var grandchild = new ProcStat(503, "grandchild", 'S', 502, 502, 0, 0, 1010, 1, 0);
        Assert.Equal([500, 502, 503], tree.Members(new ProcTable([main, older, child, grandchild]), null).Select(p => p.Pid).Order());
    }

    [Fact]
    public void We_and_ours_belong_to_no_tree_even_when_started_from_one()
    {
        var tree = new ProcessTree(new ProcessIdentity(500, 1000), _run, null, _scanner);
        var main = new ProcStat(500, "main", 'S', 1, 500, 0, 0, 1000, 1, 0);
        var us = new ProcStat(Environment.ProcessId, "mainstay", 'S', 500, 500, 0, 0, 1000, 1, 0);
        var ours = new ProcStat(int.MaxValue, "service", 'S', us.Pid, int.MaxValue, 0, 0, 1010, 1, 0);
        Assert.Equal([main], tree.Members(new ProcTable([main, us, ours]), null));
    }

    [Fact]
    public async Task Usage_counts_the_whole_tree_and_shared_pages_once()
    {
        var main = await Plant("""
            exec python3 -c '
            import os,time
            data = bytearray(os.urandom(1)) * (40 << 20)
            for i in range(3):
                if os.fork() == 0:
                    while True: time.sleep(1000)
            t = time.process_time()
            while time.process_time() - t < 0.05: pass
            print("up", flush=True)
            while True: time.sleep(1000)'
            """);
        var (memory, cpu, processes) = new ProcessTree(main.Identity, _run, null, _scanner).Usage();
        Assert.Equal(4, processes);

        // Forked pages are private to the kernel's count, so four times 40 MB; what matters is that it is neither one process nor nothing.
        Assert.InRange(memory, 160L << 20, 400L << 20);
        Assert.True(cpu >= TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task Usage_of_one_that_is_younger_than_the_last_look_at_all_is_not_nothing()
    {
        _scanner.Recent(TimeSpan.Zero);
        var main = await Plant("echo up; exec sleep 1000");

        Assert.Equal(1, new ProcessTree(main.Identity, _run, null, _scanner).Usage().Processes);
    }

    [Fact]
    public async Task A_cgroup_holds_a_tree_from_its_first_instruction_and_kills_it_at_once()
    {
        var cgroups = CgroupTree.Open($"mainstay-test-{Environment.ProcessId}");
        Assert.SkipUnless(cgroups.Capabilities.Tracking, cgroups.Capabilities.Because);
        var cgroup = cgroups.Create("stack/run.1", memory: 1 << 30, cpus: 0.5)!;
        var said = Path.Combine(_kernel.Scratch, "said");
        Fifo.Make(said);
        using var reader = Kernel.Reader(said);
        var main = _kernel.Start(_kernel.Shell("cat /proc/self/cgroup; (setsid env -i sleep 1000 &) ; exec sleep 1000") with
        {
            Cgroup = cgroup.Path,
            Stdout = ChildOutput.ToPath(said),
        });
        Assert.Equal(cgroup.Path, cgroups.Of(main.Identity.Pid)?.Path);
        Assert.Contains(main.Identity.Pid, cgroup.Processes());
        Assert.False(cgroup.Remove());
        Assert.True(new ProcessTree(main.Identity, _run, cgroup, _scanner).Kill());
        Assert.Equal(9, (await main.Exited.WaitAsync(Kernel.Cancelled)).Signal);
        Assert.Empty(cgroup.Processes());
        Assert.True(cgroup.Remove());
        Assert.False(Directory.Exists(Path.GetDirectoryName(Path.GetDirectoryName(cgroup.Path))));
    }
}
