using System.Net.Sockets;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Sockets;

namespace Mainstay.Linux.Tests.Sockets;

public sealed class FdPassingTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"mainstay-fd-{Environment.ProcessId}.sock");
    private readonly Socket _left = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket _right;

    public FdPassingTests()
    {
        File.Delete(_path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_path));
        listener.Listen();
        _left.Connect(new UnixDomainSocketEndPoint(_path));
        _right = listener.Accept();
    }

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public unsafe void A_descriptor_arrives_as_a_working_copy_that_no_child_inherits()
    {
        var (read, write) = Kernel.Pipe();
        Assert.Equal(3, FdPassing.Send(_left, "abc"u8, [write.Number]));
        var received = new List<Descriptor>();
        var buffer = new byte[16];
        Assert.Equal(3, FdPassing.Receive(_right, buffer, received));
        Assert.Equal("abc"u8, buffer.AsSpan(0, 3));
        var copy = Assert.Single(received);
        write.Dispose();
        Assert.Equal(1, Libc.Fcntl(copy, Libc.F_GETFD, 0));

        byte sent = 7, got = 0;
        Assert.Equal(1, Libc.Write(copy, &sent, 1));
        Assert.Equal(1, Libc.Read(read, &got, 1));
        Assert.Equal(7, got);
        copy.Dispose();
        Assert.Equal(0, Libc.Read(read, &got, 1));
        read.Dispose();
    }

    [Fact]
    public void The_most_descriptors_of_one_message_arrive_in_order()
    {
        using var file = new Descriptor(Libc.Open("/dev/null", Libc.RDONLY | Libc.CLOEXEC, 0));
        FdPassing.Send(_left, [1], Enumerable.Repeat(file.Number, FdPassing.MostDescriptors).ToArray());
        var received = new List<Descriptor>();
        Assert.Equal(1, FdPassing.Receive(_right, new byte[8], received));
        Assert.Equal(FdPassing.MostDescriptors, received.Count);
        received.ForEach(descriptor => descriptor.Dispose());
    }

    [Fact]
    public void Data_without_descriptors_and_the_end_are_plain()
    {
        var received = new List<Descriptor>();
        FdPassing.Send(_left, "x"u8, []);
        Assert.Equal(1, FdPassing.Receive(_right, new byte[8], received));
        Assert.Equal(Errno.EAGAIN, Assert.Throws<LinuxException>(() => FdPassing.Receive(_right, new byte[8], received)).Errno);
        _left.Shutdown(SocketShutdown.Both);
        Assert.Equal(0, FdPassing.Receive(_right, new byte[8], received));
        Assert.Empty(received);
        _right.Dispose();
        Assert.Equal(Errno.EPIPE, Assert.Throws<LinuxException>(() => FdPassing.Send(_left, "x"u8, [])).Errno);
    }
}
