using Mainstay.Linux.Files;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Processes;

namespace Mainstay.Linux.Tests.Files;

public sealed class FifoTests : IDisposable
{
    private readonly Kernel _kernel = new();

    public void Dispose() => _kernel.Dispose();

    private string Name => Path.Combine(_kernel.Scratch, "fifo");

    [Fact]
    public async Task A_writer_survives_the_loss_of_its_reader_and_its_lines_reach_the_next_one()
    {
        Fifo.Make(Name);
        var first = Kernel.Reader(Name);
        var writer = _kernel.Start(_kernel.Shell("echo one; read go <&9; echo two; echo three; read end <&9; exit 7") with
        {
            Stdout = ChildOutput.ToPath(Name),
            Descriptors = [(Gate().Read.Number, 9)],
        });
        Assert.Equal("one\n", await ReadLine(first));
        first.Dispose();
        Assert.Equal(3, Pipes.Write(_gate!.Value.Write, "go\n"u8));

        using var second = Kernel.Reader(Name);
        Assert.Equal("two\nthree\n", await ReadLine(second, "two\nthree\n".Length));
        Assert.Null(Pipes.Read(second, new byte[8]));
        Assert.True(writer.IsAlive);
        Assert.Equal(4, Pipes.Write(_gate.Value.Write, "end\n"u8));
        Assert.Equal(new ExitStatus(7, null), await writer.Exited.WaitAsync(Kernel.Cancelled));
        Assert.Equal(0, Pipes.Read(second, new byte[8]));
    }

    private (Descriptor Read, Descriptor Write)? _gate;

    private (Descriptor Read, Descriptor Write) Gate() => _gate ??= Kernel.Pipe();

    private async Task<string> ReadLine(Descriptor fifo, int length = 4)
    {
        var text = "";
        var buffer = new byte[64];
        while (text.Length < length)
        {
            var readable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var watch = _kernel.Loop.Register(fifo, Readiness.Readable, _ => readable.SetResult());
            await readable.Task.WaitAsync(Kernel.Cancelled);
            text += System.Text.Encoding.UTF8.GetString(buffer, 0, Pipes.Read(fifo, buffer) ?? 0);
        }

        return text;
    }

    [Fact]
    public void Making_one_again_takes_it_over_and_refuses_another_kind_of_file()
    {
        Fifo.Make(Name);
        Fifo.Make(Name);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Name));
        Assert.Throws<LinuxException>(() => Fifo.Make(_kernel.Write("plain", "")));
        Assert.Throws<LinuxException>(() => Fifo.Make(Path.Combine(_kernel.Scratch, "no", "such")));
    }

    [Fact]
    public void An_end_is_told_from_an_empty_pipe()
    {
        Fifo.Make(Name);
        using var reader = Kernel.Reader(Name);
        Assert.Equal(0, Pipes.Read(reader, new byte[8]));
        var writer = Fifo.OpenBoth(Name);
        Assert.Null(Pipes.Read(reader, new byte[8]));
        Assert.Equal(2, Pipes.Write(writer, "hi"u8));
        writer.Dispose();
        Assert.Equal(2, Pipes.Read(reader, new byte[8]));
        Assert.Equal(0, Pipes.Read(reader, new byte[8]));
    }

    [Fact]
    public void A_full_pipe_takes_nothing_and_can_grow()
    {
        var (read, write) = Pipes.Make();
        var size = Pipes.Resize(write, 4096);
        Assert.Equal(4096, size);
        Assert.Equal(4096, Pipes.Write(write, new byte[8192]));
        Assert.Null(Pipes.Write(write, new byte[1]));
        Assert.Equal(1 << 17, Pipes.Resize(write, 1 << 17));
        Assert.Equal(1, Pipes.Write(write, new byte[1]));
        Assert.Equal(1 << 17, Pipes.Resize(write, 1 << 17));
        read.Dispose();
        write.Dispose();
    }

    [Fact]
    public async Task A_service_of_another_user_can_open_the_FIFO_it_writes_to()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can switch users");
        var nobody = UserAccount.Find("nobody")!;
        Fifo.Make(Name, nobody);
        using var reader = Kernel.Reader(Name);
        await _kernel.OutputOf(_kernel.Shell("echo again >/dev/stderr") with { User = "nobody", Stderr = ChildOutput.ToPath(Name) });
        Assert.Equal("again\n", await ReadLine(reader));
    }
}
