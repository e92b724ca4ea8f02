using Mainstay.Linux.Files;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Processes;
using Mainstay.Linux.Signals;

namespace Mainstay.Linux.Tests.Files;

public sealed class FileLockTests : IDisposable
{
    private readonly Kernel _kernel = new();

    public void Dispose() => _kernel.Dispose();

    private string Name => Path.Combine(_kernel.Scratch, "lock");

    [Fact]
    public void One_holder_at_a_time()
    {
        using (var first = FileLock.TryAcquire(Name, "held by the test"))
        {
            Assert.NotNull(first);
            Assert.Null(FileLock.TryAcquire(Name));
            Assert.Equal("held by the test", FileLock.ReadNote(Name));
        }

        using var next = FileLock.TryAcquire(Name, "next");
        Assert.NotNull(next);
        Assert.Equal("next", FileLock.ReadNote(Name));
    }

    [Fact]
    public async Task Of_many_who_ask_at_once_one_gets_it()
    {
        var asked = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => FileLock.TryAcquire(Name))));
        Assert.Single(asked, held => held is not null);
        Array.ForEach(asked, held => held?.Dispose());
    }

    [Fact]
    public async Task The_kernel_releases_it_when_the_holder_is_killed()
    {
        var pipe = Path.Combine(_kernel.Scratch, "said");
        Fifo.Make(pipe);
        using var said = Kernel.Reader(pipe);
        var holder = _kernel.Start(_kernel.Shell($"exec 9>{Name}; flock -x 9; echo held; exec sleep 1000") with { Stdout = ChildOutput.ToPath(pipe) });
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = _kernel.Loop.Register(said, Readiness.Readable, _ => held.SetResult());
        await held.Task.WaitAsync(Kernel.Cancelled);
        Assert.Null(FileLock.TryAcquire(Name));

        holder.Signal(SignalNumber.SIGKILL);
        await holder.Exited.WaitAsync(Kernel.Cancelled);
        using var mine = FileLock.TryAcquire(Name);
        Assert.NotNull(mine);
    }

    [Fact]
    public void No_child_keeps_it()
    {
        var first = FileLock.TryAcquire(Name);
        _kernel.Start(_kernel.Shell("exec sleep 1000"));
        _kernel.Start(_kernel.Shell("exec sleep 1000") with { SetListenPid = true });
        first!.Dispose();
        using var second = FileLock.TryAcquire(Name);
        Assert.NotNull(second);
    }
}
