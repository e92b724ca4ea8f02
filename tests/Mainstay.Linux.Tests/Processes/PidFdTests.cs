using Mainstay.Linux.Files;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Processes;
using Mainstay.Linux.Signals;

namespace Mainstay.Linux.Tests.Processes;

public sealed class PidFdTests : IDisposable
{
    private readonly Kernel _kernel = new();

    public void Dispose() => _kernel.Dispose();

    [Fact]
    public void A_pid_that_another_process_has_now_is_not_opened()
    {
        var process = _kernel.Start(_kernel.Shell("exec sleep 1000"));
        Assert.Null(PidFd.Open(process.Identity with { StartTicks = process.Identity.StartTicks - 1 }));
        using var same = PidFd.Open(process.Identity);
        Assert.Equal(process.Identity, same?.Identity);
    }

    [Fact]
    public async Task A_process_that_has_ended_is_not_opened()
    {
        var process = _kernel.Start(_kernel.Shell("exit 0"));
        await process.Exited.WaitAsync(Kernel.Cancelled);
        Assert.Null(PidFd.Open(process.Identity));
        Assert.Null(PidFd.Open(new ProcessIdentity(int.MaxValue, 1)));
        Assert.Null(PidFd.OpenCurrent(0));
    }

    [Theory]
    [InlineData("exit 3", 3, null)]
    [InlineData("kill -SEGV $$", null, 11)]
    public async Task The_end_of_a_process_that_is_not_our_child_is_learned_all_the_same(string ending, int? code, int? signal)
    {
        // The middle one makes the process and ends, so that it becomes somebody else's child.
        var pids = Path.Combine(_kernel.Scratch, "pids");
        Fifo.Make(pids);
        using var reader = Kernel.Reader(pids);
        var gate = Kernel.Pipe();
        var script = $"sh -c 'read go <&9; {ending}' & echo $!";
        var middle = _kernel.Start(_kernel.Shell(script) with { Stdout = ChildOutput.ToPath(pids), Descriptors = [(gate.Read.Number, 9)] });
        await middle.Exited.WaitAsync(Kernel.Cancelled);
        var buffer = new byte[32];
        var pid = int.Parse(System.Text.Encoding.ASCII.GetString(buffer, 0, Pipes.Read(reader, buffer)!.Value), System.Globalization.CultureInfo.InvariantCulture);

        using var orphan = PidFd.OpenCurrent(pid)!.Follow(_kernel.Loop);
        Pipes.Write(gate.Write, "go\n"u8);
        Assert.Equal(new ExitStatus(code, signal), await orphan.Exited.WaitAsync(Kernel.Cancelled));
        gate.Read.Dispose();
        gate.Write.Dispose();
    }

    [Fact]
    public void A_descriptor_can_be_taken_back_from_a_running_process()
    {
        var file = _kernel.Write("held", "content");
        using var held = new Descriptor(Libc.Open(file, Libc.RDONLY | Libc.CLOEXEC, 0));
        var process = _kernel.Start(_kernel.Shell("exec sleep 1000") with { Descriptors = [(held.Number, 3)] });
        using var copy = process.TakeDescriptor(3);
        Assert.NotNull(copy);
        Assert.Equal(1, Libc.Fcntl(copy, Libc.F_GETFD, 0));
        var buffer = new byte[16];
        Assert.Equal("content"u8, buffer.AsSpan(0, Pipes.Read(copy, buffer)!.Value));
        Assert.Null(process.TakeDescriptor(77));
    }

    [Fact]
    public void A_child_that_nobody_holds_any_more_leaves_no_zombie()
    {
        var child = _kernel.Start(_kernel.Shell("exec sleep 1000"));
        using var other = PidFd.Open(child.Identity);
        child.Dispose();
        Assert.True(other!.Signal(SignalNumber.SIGKILL));
        Assert.True(SpinWait.SpinUntil(() => ProcStat.Read(child.Identity.Pid) is null, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Three_hundred_ends_are_all_noticed()
    {
        const int count = 300;
        var processes = Enumerable.Range(0, count).Select(i => _kernel.Start(_kernel.Shell($"exit {i % 200}"))).ToList();
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(new ExitStatus(i % 200, null), await processes[i].Exited.WaitAsync(Kernel.Cancelled));
        }
    }
}
