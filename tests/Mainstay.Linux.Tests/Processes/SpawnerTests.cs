using System.Net.Sockets;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Processes;
using Mainstay.Linux.Signals;

namespace Mainstay.Linux.Tests.Processes;

public sealed class SpawnerTests : IDisposable
{
    private readonly Kernel _kernel = new();

    public void Dispose() => _kernel.Dispose();

    [Fact]
    public async Task The_exit_code_is_reported()
    {
        var process = _kernel.Start(_kernel.Shell("exit 42"));
        Assert.Equal(new ExitStatus(42, null), await process.Exited.WaitAsync(Kernel.Cancelled));
    }

    [Fact]
    public async Task A_death_by_signal_is_reported_as_that_signal()
    {
        var process = _kernel.Start(_kernel.Shell("exec sleep 1000"));
        Assert.True(process.IsAlive);
        Assert.True(process.Signal(SignalNumber.SIGTERM));
        Assert.Equal(new ExitStatus(null, SignalNumber.SIGTERM), await process.Exited.WaitAsync(Kernel.Cancelled));
        Assert.False(process.Signal(SignalNumber.SIGTERM));
        Assert.False(process.IsAlive);
    }

    [Fact]
    public async Task Children_of_the_runtimes_own_process_class_do_not_cost_us_ours()
    {
        using var theirs = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/true") { RedirectStandardOutput = true })!;
        var ours = Enumerable.Range(0, 20).Select(i => _kernel.Start(_kernel.Shell($"exit {i}"))).ToList();
        await theirs.WaitForExitAsync(Kernel.Cancelled);
        Assert.Equal(0, theirs.ExitCode);
        for (var i = 0; i < ours.Count; i++)
        {
            Assert.Equal(new ExitStatus(i, null), await ours[i].Exited.WaitAsync(Kernel.Cancelled));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_child_leads_its_own_session_with_clean_signals(bool gated)
    {
        var spec = _kernel.Shell("cat /proc/self/status; cut -d' ' -f1,6 /proc/$$/stat") with { OpenFiles = gated ? 200 : null };
        var lines = (await _kernel.OutputOf(spec)).Split('\n');
        Assert.Contains("SigBlk:\t0000000000000000", lines);
        Assert.Contains("SigIgn:\t0000000000000000", lines);
        var ids = lines[^1].Split(' ');
        Assert.Equal(ids[0], ids[1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_descriptor_leaks_into_a_child(bool gated)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var file = File.OpenRead("/dev/null");
        var pipes = Enumerable.Range(0, 100).Select(_ => Kernel.Pipe()).ToList();

        // The fourth is the directory that ls itself reads.
        var spec = _kernel.Shell("exec ls /proc/self/fd") with { OpenFiles = gated ? 200 : null };
        Assert.Equal("0\n1\n2\n3", await _kernel.OutputOf(spec));
        pipes.ForEach(pipe =>
        {
            pipe.Read.Dispose();
            pipe.Write.Dispose();
        });
    }

    [Fact]
    public async Task Chosen_descriptors_arrive_under_their_numbers_even_when_these_are_taken_here()
    {
        var first = _kernel.Write("first", "first");
        var second = _kernel.Write("second", "second");
        using var a = new Descriptor(Libc.Open(first, Libc.RDONLY | Libc.CLOEXEC, 0));
        using var b = new Descriptor(Libc.Open(second, Libc.RDONLY | Libc.CLOEXEC, 0));

        // Crossed over: each takes the number that the other has here.
        var spec = _kernel.Shell($"cat <&{b.Number}; cat <&{a.Number}") with { Argv = ["bash", "-c", $"cat <&{b.Number}; cat <&{a.Number}"], Descriptors = [(a.Number, b.Number), (b.Number, a.Number)] };
        Assert.Equal("firstsecond", await _kernel.OutputOf(spec));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_environment_is_exact(bool gated)
    {
        (string, string)[] wanted = [("A", ""), ("PWD", "/not/here"), ("spring.datasource.url", "x=y z"), ("ÜBER", "ä\nb"), ("_", "kept"), ("PATH", "/bin:/usr/bin")];
        var spec = new SpawnSpec
        {
            Argv = ["cat", "/proc/self/environ"],
            Directory = _kernel.Scratch,
            Environment = wanted.ToDictionary(v => v.Item1, v => v.Item2),
            SetListenPid = gated,
        };
        var output = (await _kernel.OutputOf(spec)).TrimEnd('\0').Split('\0');
        var exact = wanted.Select(v => $"{v.Item1}={v.Item2}").ToList();
        Assert.Equal(exact, output.Take(exact.Count));
        Assert.Equal(gated ? 1 : 0, output.Length - exact.Count);
        Assert.All(output.Skip(exact.Count), variable => Assert.StartsWith("LISTEN_PID=", variable, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_listen_pid_is_the_childs()
    {
        var spec = _kernel.Shell("echo $LISTEN_PID $$") with { SetListenPid = true };
        var ids = (await _kernel.OutputOf(spec)).Split(' ');
        Assert.Equal(ids[1], ids[0]);
    }

    [Fact]
    public async Task The_limit_of_open_files_is_hard_and_soft_from_the_first_instruction()
    {
        var spec = _kernel.Shell("ulimit -Sn; ulimit -Hn") with { OpenFiles = 123 };
        Assert.Equal("123\n123", await _kernel.OutputOf(spec));
    }

    [Fact]
    public async Task A_limit_above_the_hosts_ceiling_is_the_ceiling()
    {
        var ceiling = OpenFilesLimit.Ceiling;
        var output = await _kernel.OutputOf(_kernel.Shell("ulimit -Hn") with { OpenFiles = int.MaxValue });

        // A host that lets us raise hard limits gives more, up to the kernel's own limit, or refuses.
        Assert.True(long.Parse(output, System.Globalization.CultureInfo.InvariantCulture) >= ceiling);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_user_gets_its_ids_and_groups_and_no_rights_of_ours(bool gated)
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can switch users");
        var spec = _kernel.Shell("id -u; id -g; id -G; grep -E '^(Uid|Gid|CapEff|CapPrm)' /proc/self/status; ulimit -n") with
        {
            User = "nobody",
            OpenFiles = gated ? 222 : null,
        };
        var lines = (await _kernel.OutputOf(spec)).Split('\n');
        var account = UserAccount.Find("nobody")!;
        Assert.Equal($"{account.UserId}", lines[0]);
        Assert.Equal($"{account.GroupId}", lines[1]);
        Assert.Equal(string.Join(' ', account.Groups), lines[2]);
        Assert.Contains($"Uid:\t{account.UserId}\t{account.UserId}\t{account.UserId}\t{account.UserId}", lines);
        Assert.Contains($"Gid:\t{account.GroupId}\t{account.GroupId}\t{account.GroupId}\t{account.GroupId}", lines);
        Assert.Contains("CapEff:\t0000000000000000", lines);
        Assert.Contains("CapPrm:\t0000000000000000", lines);
        if (gated)
        {
            Assert.Equal("222", lines[^1]);
        }
    }

    [Fact]
    public async Task Many_at_once_mix_no_child_up_with_another()
    {
        var outputs = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() =>
            _kernel.OutputOf(_kernel.Shell($"echo {i} $LISTEN_PID $$ $(ulimit -n)") with { SetListenPid = i % 2 == 0, OpenFiles = i % 4 == 0 ? 300 + i : null }))));
        for (var i = 0; i < outputs.Length; i++)
        {
            var words = outputs[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal($"{i}", words[0]);
            Assert.True(i % 2 != 0 || words[1] == words[2]);
            Assert.True(i % 4 != 0 || words[^1] == $"{300 + i}");
        }
    }
}
