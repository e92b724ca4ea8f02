using System.Threading.Channels;
using Mainstay.Contracts;
using Mainstay.Linux.Processes;
using Mainstay.Supervisor.Ports;
using Mainstay.Supervisor.Processes;

namespace Mainstay.Linux.Tests.Adapters;

public sealed class LinuxNotifySocketsTests : IDisposable
{
    private const string Run = "run-1";

    /// <summary>Sends its argument, and stays until that is handled: the receiver closes the descriptor that comes with it, as sd_notify's barrier has it.</summary>
    private const string Send = """
        import os, socket, sys
        a = os.environ["NOTIFY_SOCKET"]
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.connect("\0" + a[1:] if a[0] == "@" else a)
        for i in range(int(sys.argv[2]) if len(sys.argv) > 2 else 0):
            s.sendall(b"STATUS=%d" % i)
        r, w = os.pipe()
        socket.send_fds(s, [sys.argv[1].encode()], [w])
        os.close(w)
        os.read(r, 1)
        """;

    private readonly Kernel _kernel = new();
    private readonly Channel<NotifyMessage> _received = Channel.CreateBounded<NotifyMessage>(64);
    private readonly LinuxNotifySockets _sockets;

    public LinuxNotifySocketsTests() => _sockets = new LinuxNotifySockets(new HomeLayout(_kernel.Scratch), _kernel.Loop);

    public void Dispose()
    {
        _sockets.Dispose();
        _kernel.Dispose();
    }

    private string Open(string? user = null) => _sockets.Open(Run, user, message => Assert.True(_received.Writer.TryWrite(message)));

    private PidFd Sender(string address, string text, string? mark = Run, string? user = null, string wrap = "exec python3 send.py \"$1\"")
    {
        _kernel.Write("send.py", Send);
        var variables = Kernel.Variables(("NOTIFY_SOCKET", address));
        return _kernel.Start(_kernel.Shell(wrap, text) with
        {
            Environment = mark is null ? variables : variables.Add(LinuxProcessHost.RunVariable, new HomeMark(new HomeLayout(_kernel.Scratch)).Of(mark)),
            User = user,
        });
    }

    private async Task Sent(PidFd sender) => Assert.Equal(new ExitStatus(0, null), await sender.Exited.WaitAsync(Kernel.Cancelled));

    [Fact]
    public async Task A_message_of_the_run_arrives_parsed_and_its_barrier_is_released()
    {
        var address = Open();
        Assert.StartsWith(_kernel.Scratch, address, StringComparison.Ordinal);
        var sender = Sender(address, "READY=1\nSTATUS=serving");
        await Sent(sender);
        var message = await _received.Reader.ReadAsync(Kernel.Cancelled);
        Assert.Equal((true, "serving", sender.Identity.Pid), (message.Ready, message.Status, message.SenderPid));
    }

    [Fact]
    public async Task A_descendant_that_shed_its_environment_still_belongs_to_the_run()
    {
        await Sent(Sender(Open(), "READY=1", wrap: "env -u MAINSTAY_RUN python3 send.py \"$1\"; exit $?"));
        Assert.True((await _received.Reader.ReadAsync(Kernel.Cancelled)).Ready);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("run-10")]
    public async Task Processes_outside_the_run_are_not_heard(string? mark)
    {
        var address = Open();
        await Sent(Sender(address, "READY=1\nSTATUS=stranger", mark));
        await Sent(Sender(address, "STATUS=ours"));
        Assert.Equal("ours", (await _received.Reader.ReadAsync(Kernel.Cancelled)).Status);
        Assert.False(_received.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Another_user_reaches_it_by_a_name_without_a_file()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can switch users");
        var address = Open("nobody");
        Assert.StartsWith("@", address, StringComparison.Ordinal);
        await Sent(Sender(address, "WATCHDOG=1", user: "nobody", wrap: "exec /usr/bin/python3 send.py \"$1\""));
        Assert.True((await _received.Reader.ReadAsync(Kernel.Cancelled)).Watchdog);
    }

    [Fact]
    public void A_home_too_deep_for_a_sockets_path_gets_a_name_too()
    {
        using var deep = new LinuxNotifySockets(new HomeLayout(Path.Combine(_kernel.Scratch, new string('d', 100))), _kernel.Loop);
        Assert.StartsWith("@", deep.Open("run-deep", null, _ => { }), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_run_of_two_homes_has_two_names()
    {
        using var one = new LinuxNotifySockets(new HomeLayout(Path.Combine(_kernel.Scratch, new string('d', 100), "one")), _kernel.Loop);
        using var two = new LinuxNotifySockets(new HomeLayout(Path.Combine(_kernel.Scratch, new string('d', 100), "two")), _kernel.Loop);
        Assert.NotEqual(one.Open(Run, null, _ => { }), two.Open(Run, null, _ => { }));
    }

    [Fact]
    public async Task A_reader_that_throws_does_not_make_the_socket_deaf()
    {
        using var loop = new Linux.Polling.EventLoop(_ => { });
        using var sockets = new LinuxNotifySockets(new HomeLayout(_kernel.Scratch), loop);
        var address = sockets.Open(Run, null, message =>
        {
            Assert.True(_received.Writer.TryWrite(message));
            Assert.NotEqual("bad", message.Status);
        });
        await Sent(Sender(address, "STATUS=bad"));
        await Sent(Sender(address, "STATUS=good"));
        Assert.Equal("bad", (await _received.Reader.ReadAsync(Kernel.Cancelled)).Status);
        Assert.Equal("good", (await _received.Reader.ReadAsync(Kernel.Cancelled)).Status);
    }

    [Fact]
    public async Task Opened_again_it_takes_the_path_over_and_closed_it_leaves_no_file()
    {
        var path = Open();
        using (var next = new LinuxNotifySockets(new HomeLayout(_kernel.Scratch), _kernel.Loop))
        {
            var heard = Channel.CreateBounded<NotifyMessage>(1);
            Assert.Equal(path, next.Open(Run, null, message => Assert.True(heard.Writer.TryWrite(message))));
            await Sent(Sender(path, "READY=1"));
            Assert.True((await heard.Reader.ReadAsync(Kernel.Cancelled)).Ready);
            next.Close(Run);
            next.Close(Run);
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task More_messages_than_fit_into_one_turn_arrive_in_their_order()
    {
        const int count = 50;
        await Sent(Sender(Open(), "STATUS=last", wrap: $"exec python3 send.py \"$1\" {count}"));
        for (var i = 0; i < count; i++)
        {
            Assert.Equal($"{i}", (await _received.Reader.ReadAsync(Kernel.Cancelled)).Status);
        }

        Assert.Equal("last", (await _received.Reader.ReadAsync(Kernel.Cancelled)).Status);
    }
}
