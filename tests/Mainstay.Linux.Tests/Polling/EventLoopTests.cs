using Mainstay.Linux.Files;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Polling;

namespace Mainstay.Linux.Tests.Polling;

public sealed class EventLoopTests : IDisposable
{
    private readonly EventLoop _loop = new(e => Environment.FailFast("a callback threw", e));

    public void Dispose() => _loop.Dispose();

    private static unsafe void Put(Descriptor pipe)
    {
        byte one = 1;
        Assert.Equal(1, Libc.Write(pipe, &one, 1));
    }

    private static unsafe void Take(Descriptor pipe)
    {
        byte one;
        Assert.Equal(1, Libc.Read(pipe, &one, 1));
    }

    [Fact]
    public async Task A_watch_fires_once_until_it_is_rearmed()
    {
        var (read, write) = Kernel.Pipe();
        using var fired = new SemaphoreSlim(0);
        using var watch = _loop.Register(read, Readiness.Readable, _ => fired.Release());
        Put(write);
        await fired.WaitAsync(Kernel.Cancelled);

        // The loop answers another watch after this one stayed silent, though it is still readable.
        await PassThroughLoop();
        Assert.Equal(0, fired.CurrentCount);

        watch.Rearm();
        await fired.WaitAsync(Kernel.Cancelled);
        Take(read);
        watch.Rearm();
        await PassThroughLoop();
        Assert.Equal(0, fired.CurrentCount);
        Put(write);
        await fired.WaitAsync(Kernel.Cancelled);
        write.Dispose();
        read.Dispose();
    }

    [Fact]
    public async Task A_lost_writer_is_told_as_hung_up()
    {
        var (read, write) = Kernel.Pipe();
        var seen = new TaskCompletionSource<Readiness>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = _loop.Register(read, Readiness.Readable, seen.SetResult);
        write.Dispose();
        Assert.Equal(Readiness.HungUp, await seen.Task.WaitAsync(Kernel.Cancelled));
        read.Dispose();
    }

    [Fact]
    public async Task A_disposed_watch_never_fires_and_lets_its_descriptor_go()
    {
        var (read, write) = Kernel.Pipe();
        var fired = 0;
        var watch = _loop.Register(read, Readiness.Readable, _ => Interlocked.Increment(ref fired));
        read.Dispose();
        Assert.Equal(1, Pipes.Write(write, [1]));
        await PassThroughLoop();
        Assert.Equal(1, fired);
        watch.Rearm(Readiness.None);
        watch.Dispose();
        watch.Dispose();
        watch.Rearm();
        Assert.Equal(Errno.EPIPE, Assert.Throws<LinuxException>(() => Pipes.Write(write, [1])).Errno);
        await PassThroughLoop();
        Assert.Equal(1, fired);
        write.Dispose();
    }

    [Fact]
    public async Task A_callback_may_dispose_its_own_watch()
    {
        var (read, write) = Kernel.Pipe();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Watch? watch = null;
        watch = _loop.Register(read, Readiness.None, _ =>
        {
            watch!.Dispose();
            done.SetResult();
        });
        watch.Rearm();
        Put(write);
        await done.Task.WaitAsync(Kernel.Cancelled);
        read.Dispose();
        write.Dispose();
    }

    [Fact]
    public async Task A_callback_that_throws_is_reported_and_the_loop_goes_on()
    {
        var reported = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var loop = new EventLoop(reported.SetResult);
        var (read, write) = Kernel.Pipe();
        using var bad = loop.Register(read, Readiness.Readable, _ => throw new InvalidOperationException("no"));
        Put(write);
        Assert.Equal("no", (await reported.Task.WaitAsync(Kernel.Cancelled)).Message);
        var again = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (read2, write2) = Kernel.Pipe();
        using var good = loop.Register(read2, Readiness.Readable, _ => again.SetResult());
        Put(write2);
        await again.Task.WaitAsync(Kernel.Cancelled);
        foreach (var end in (Descriptor[])[read, write, read2, write2])
        {
            end.Dispose();
        }
    }

    [Fact]
    public async Task Two_thousand_descriptors_each_reach_their_own_callback()
    {
        const int count = 2000;
        var pipes = Enumerable.Range(0, count).Select(_ => Kernel.Pipe()).ToArray();
        var hits = new int[count];
        using var all = new CountdownEvent(count);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watches = pipes.Select((pipe, i) => _loop.Register(pipe.Read, Readiness.Readable, _ =>
        {
            Interlocked.Increment(ref hits[i]);
            if (all.Signal())
            {
                done.SetResult();
            }
        })).ToArray();
        Parallel.For(0, count, i => Put(pipes[i].Write));
        await done.Task.WaitAsync(Kernel.Cancelled);
        Assert.All(hits, hit => Assert.Equal(1, hit));
        Parallel.For(0, count, i =>
        {
            watches[i].Dispose();
            pipes[i].Read.Dispose();
            pipes[i].Write.Dispose();
        });
    }

    /// <summary>Completes after the loop has handled everything that was ready before.</summary>
    private async Task PassThroughLoop()
    {
        // Two rounds: the first event may have been taken in the same batch as the one under test.
        for (var round = 0; round < 2; round++)
        {
            var (read, write) = Kernel.Pipe();
            var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var watch = _loop.Register(read, Readiness.Readable, _ => passed.SetResult());
            Put(write);
            await passed.Task.WaitAsync(Kernel.Cancelled);
            write.Dispose();
            read.Dispose();
        }
    }
}
