using Mainstay.Linux.Files;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Tests.Files;

public sealed class BoundedOutputTests : IDisposable
{
    private readonly Kernel _kernel = new();

    public void Dispose() => _kernel.Dispose();

    private string Log => Path.Combine(_kernel.Scratch, "edge.log");

    private Descriptor Open() => new(Libc.Check(Libc.Open(Log, Libc.WRONLY | Libc.APPEND | Libc.CREAT | Libc.CLOEXEC, 0b110_000_000), "open"));

    [Fact]
    public void A_log_above_its_size_is_moved_aside_and_never_more_than_two_are_kept()
    {
        using var stderr = Open();
        using var stdout = new Descriptor(Libc.Fcntl(stderr, Libc.F_DUPFD_CLOEXEC, 0));
        var output = new BoundedOutput(Log, 10, stderr.Number, stdout.Number);

        foreach (var line in (string[])["first, long enough\n", "second, long enough\n", "third\n", "fourth\n"])
        {
            output.Write(line);
        }

        new BoundedOutput(Log, 10, stdout.Number).Write("of stdout\n");
        Assert.Equal(["edge.log", "edge.log.1"], Directory.GetFiles(_kernel.Scratch).Select(Path.GetFileName).Order());
        Assert.Equal("third\nfourth\n", File.ReadAllText(Log + ".1"));
        Assert.Equal("of stdout\n", File.ReadAllText(Log));
    }

    /// <summary>During a reload of the edge the old worker and the new one have the log open, each for itself.</summary>
    [Fact]
    public void Another_writer_of_the_same_log_follows_and_does_not_move_it_again()
    {
        using var one = Open();
        using var other = Open();
        var first = new BoundedOutput(Log, 10, one.Number);
        var second = new BoundedOutput(Log, 10, other.Number);

        first.Write("long enough to be turned\n");
        first.Write("a\n");
        second.Write("b\n");

        Assert.Equal("long enough to be turned\n", File.ReadAllText(Log + ".1"));
        Assert.Equal("a\nb\n", File.ReadAllText(Log));
    }

    [Fact]
    public void A_log_that_somebody_removed_is_made_again()
    {
        using var stderr = Open();
        var output = new BoundedOutput(Log, 10, stderr.Number);
        output.Write("long enough to be turned\n");
        File.Delete(Log);

        output.Write("again\n");

        Assert.Equal("again\n", File.ReadAllText(Log));
        Assert.False(File.Exists(Log + ".1"));
    }

    [Fact]
    public void What_is_not_the_log_is_written_to_and_left_as_it_is()
    {
        var elsewhere = _kernel.Write("elsewhere", "");
        using var file = new Descriptor(Libc.Open(elsewhere, Libc.WRONLY | Libc.APPEND | Libc.CLOEXEC, 0));
        var output = new BoundedOutput(Log, 10, file.Number);

        output.Write("long enough to be turned\n");
        output.Write("b\n");

        Assert.Equal("long enough to be turned\nb\n", File.ReadAllText(elsewhere));
        Assert.False(File.Exists(Log));
    }
}
