using Mainstay.Linux.Interop;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Processes;

namespace Mainstay.Linux.Tests.Processes;

public sealed class SpawnGateTests : IDisposable
{
    private readonly Kernel _kernel = new();
    private readonly string _directory;

    public SpawnGateTests() => _directory = Directory.CreateDirectory(Path.Combine(_kernel.Scratch, "held")).FullName;

    public void Dispose() => _kernel.Dispose();

    /// <summary>A child at a gate whose daemon is gone is ended by the next one, without its program ever having run, and holds no lock until then.</summary>
    [Fact]
    public void A_child_of_a_killed_daemon_is_ended_by_the_next()
    {
        using var elsewhere = new Descriptor(Libc.Open("/dev/null", Libc.RDWR | Libc.CLOEXEC, 0));
        using var gate = new SpawnGate(_directory);
        var spec = _kernel.Shell("echo > ran");
        using var actions = new FileActions(new() { [0] = elsewhere.Number, [1] = elsewhere.Number, [2] = elsewhere.Number }, _kernel.Scratch, gate);
        using var attempt = new SpawnAttempt(spec, actions);
        using var thread = new SpawnThread(null, attempt.Run);
        Assert.True(gate.AwaitChild(thread.Ended));
        var child = int.Parse(File.ReadAllText($"/proc/self/task/{thread.Id}/children"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(SpinWait.SpinUntil(() => ProcStat.Read(child)?.State == 'S', TimeSpan.FromMinutes(1)));
        Assert.Equal(["0", "1", "2", "3"], Directory.GetFileSystemEntries($"/proc/{child}/fd").Select(Path.GetFileName).Order());

        // What a kill -9 does to us: our descriptors are closed, our files stay.
        var left = Assert.Single(Directory.GetFiles(_directory));
        File.Move(left, Path.Combine(_directory, "left.gate"));
        gate.Dispose();
        SpawnGate.Sweep(_directory);

        thread.Join();
        Assert.IsType<SpawnOutcome.Failed>(attempt.Outcome());
        Assert.False(File.Exists(Path.Combine(_kernel.Scratch, "ran")));
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public void A_gate_that_cannot_be_made_leaves_nothing_behind()
    {
        // Once before, so that the runtime has loaded what it needs to throw.
        Assert.Throws<LinuxException>(() => Libc.Check(-1, "nothing"));

        var refused = WithOneFreeDescriptor(() => Assert.Throws<LinuxException>(() => new SpawnGate(_directory)));

        Assert.Equal(Errno.EMFILE, refused.Errno);
        Assert.Empty(Directory.GetFiles(_directory));
        Assert.Equal(0, OpenUnder(_directory));
    }

    [Fact]
    public void Prepared_descriptors_are_let_go_when_one_of_them_cannot_be_copied()
    {
        const int closed = 1_000_000;
        var path = _kernel.Write("given", "");
        using var given = new Descriptor(Libc.Open(path, Libc.RDWR | Libc.CLOEXEC, 0));

        var refused = Assert.Throws<LinuxException>(() => new FileActions(new() { [0] = given.Number, [1] = given.Number, [2] = closed }, "/", null));

        Assert.Equal(Errno.EBADF, refused.Errno);
        Assert.Equal(1, OpenUnder(path));
    }

    private static int OpenUnder(string path) =>
        Directory.GetFiles("/proc/self/fd").Count(d => File.ResolveLinkTarget(d, returnFinalTarget: false)?.FullName.StartsWith(path, StringComparison.Ordinal) == true);

    /// <summary>The kernel gives the lowest free number, so a limit just above that one leaves exactly one.</summary>
    private static unsafe T WithOneFreeDescriptor<T>(Func<T> run)
    {
        ResourceLimit usual;
        Assert.Equal(0, Libc.PrLimit(0, Libc.RLIMIT_NOFILE, null, &usual));
        var free = Libc.Open("/dev/null", Libc.RDWR | Libc.CLOEXEC, 0);
        _ = Libc.Close(free);
        var narrow = usual with { Soft = (ulong)free + 1 };
        Assert.Equal(0, Libc.PrLimit(0, Libc.RLIMIT_NOFILE, &narrow, null));
        try
        {
            return run();
        }
        finally
        {
            _ = Libc.PrLimit(0, Libc.RLIMIT_NOFILE, &usual, null);
        }
    }
}
