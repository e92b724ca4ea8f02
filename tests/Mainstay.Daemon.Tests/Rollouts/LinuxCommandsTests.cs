using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Daemon.Rollouts;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Processes;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Processes;

namespace Mainstay.Daemon.Tests.Rollouts;

public sealed class LinuxCommandsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("rollout-commands-").FullName;
    private readonly EventLoop _loop = new(e => Environment.FailFast("a callback threw", e));
    private readonly ProcScanner _scanner = new(TimeProvider.System, LinuxProcessHost.RunVariable);
    private readonly LinuxCommands _commands;
    private readonly List<string> _lines = [];

    public LinuxCommandsTests() => _commands = Commands();

    public void Dispose()
    {
        _commands.Dispose();
        _loop.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Both_streams_come_as_lines_in_order_and_the_last_needs_no_end()
    {
        var outcome = await Run("echo one; echo two >&2; printf three");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["one", "two", "three"], _lines);
        Assert.Equal(["one", "two", "three"], outcome.LastLines);
    }

    [Fact]
    public async Task A_command_gets_its_variables_its_directory_and_the_hosts_PATH_and_nothing_else()
    {
        await Run("pwd; echo $A; env | cut -d= -f1 | sort | tr '\\n' ' '");
        Assert.Equal([_root, "1"], _lines.Take(2));
        Assert.Equal(["A", "MAINSTAY_RUN", "PATH", "PWD"], _lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(n => n is not ("_" or "OLDPWD" or "SHLVL")));
    }

    [Fact]
    public async Task Exit_codes_signals_and_programs_that_are_missing_are_told_apart()
    {
        Assert.Equal(7, (await Run("exit 7")).ExitCode);
        Assert.Equal("SIGKILL", (await Run("kill -9 $$")).Signal);
        var missing = await _commands.RunAsync(Request(new(["no-such-program"], false, SourceSpan.None)), _lines.Add, default);
        Assert.Contains("no-such-program", missing.NotStarted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_megabytes_of_output_are_read_and_two_hundred_lines_are_kept()
    {
        var outcome = await Run("seq 1 1500000");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(1_500_000, _lines.Count);
        Assert.Equal(200, outcome.LastLines.Length);
        Assert.Equal("1500000", outcome.LastLines[^1]);
    }

    [Fact]
    public async Task A_line_without_end_is_cut_and_nothing_is_lost_after_it()
    {
        var outcome = await Run("head -c 100000 /dev/zero | tr '\\0' x; echo; echo after");
        Assert.Equal(100_000, _lines.SkipLast(1).Sum(l => l.Length));
        Assert.Equal("after", outcome.LastLines[^1]);
        Assert.All(outcome.LastLines, l => Assert.InRange(l.Length, 0, 1000));
    }

    [Fact]
    public async Task What_does_not_end_in_time_is_killed_with_everything_it_started()
    {
        var outcome = await Run($"setsid sleep 300 & echo $!; sleep 300", TimeSpan.FromMilliseconds(700));
        Assert.True(outcome.TimedOut);
        Assert.Null(ProcStat.Read(int.Parse(_lines[0], System.Globalization.CultureInfo.InvariantCulture)) is { IsDead: false } alive ? alive.Command : null);
    }

    [Fact]
    public async Task A_cancelled_command_is_killed_and_has_an_outcome()
    {
        using var cancel = new CancellationTokenSource();
        var outcome = await _commands.RunAsync(Request(Shell("echo on; sleep 300")), _ => cancel.Cancel(), cancel.Token);
        Assert.Equal("SIGKILL", outcome.Signal);
        Assert.InRange(outcome.Took, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_child_that_stays_behind_with_the_output_is_ended_and_not_waited_for()
    {
        var outcome = await Run("sleep 300 & echo $!");
        Assert.Equal(0, outcome.ExitCode);
        Assert.InRange(outcome.Took, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.False(ProcStat.Read(int.Parse(_lines[0], System.Globalization.CultureInfo.InvariantCulture)) is { IsDead: false });
    }

    [Fact]
    public async Task A_child_that_stays_behind_and_writes_without_end_is_ended_too()
    {
        var outcome = await Run("yes & sleep 0.2");
        Assert.Equal(0, outcome.ExitCode);
        Assert.InRange(outcome.Took, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_child_that_stays_behind_without_the_output_is_ended_too()
    {
        await Run("setsid sleep 300 > /dev/null 2>&1 < /dev/null & echo $!");
        Assert.False(ProcStat.Read(int.Parse(_lines[0], System.Globalization.CultureInfo.InvariantCulture)) is { IsDead: false });
    }

    [Fact]
    public async Task Lines_are_taken_on_no_thread_that_must_only_post()
    {
        var threads = new HashSet<string?>();
        await _commands.RunAsync(Request(Shell("echo one; sleep 0.1; echo two")), _ => threads.Add(Thread.CurrentThread.Name), default);
        Assert.DoesNotContain("event-loop", threads);
    }

    [Fact]
    public async Task A_taker_that_throws_holds_up_nobody_and_is_heard_of()
    {
        var taken = 0;
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => _commands.RunAsync(
            Request(Shell($"seq 1 200000; touch {Path.Combine(_root, "ended")}")), _ => throw new InvalidOperationException($"line {++taken}"), default));
        Assert.Equal("line 1", fault.Message);
        Assert.True(File.Exists(Path.Combine(_root, "ended")));
    }

    [Fact]
    public async Task The_next_daemon_ends_what_a_killed_one_left_running()
    {
        var begun = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = _commands.RunAsync(Request(Shell("echo $$; sleep 300")), l => begun.TrySetResult(l), default);
        await begun.Task;
        using var next = Commands();
        next.KillLeftovers();
        Assert.Equal("SIGKILL", (await running).Signal);
    }

    private LinuxCommands Commands() => new(
        new HomeMark(new HomeLayout(_root)),
        new Spawner(Path.Combine(_root, "gates")),
        _scanner,
        _loop,
        _ => ImmutableSortedDictionary<string, string>.Empty.Add("PATH", "/usr/local/bin:/usr/bin:/bin"),
        TimeProvider.System);

    private static CommandSpec Shell(string text) => new([text], true, SourceSpan.None);

    private CommandRequest Request(CommandSpec command, TimeSpan? timeout = null) =>
        new(command, _root, ImmutableSortedDictionary<string, string>.Empty.Add("A", "1"), null, timeout ?? TimeSpan.FromSeconds(60));

    private Task<CommandOutcome> Run(string text, TimeSpan? timeout = null) => _commands.RunAsync(Request(Shell(text), timeout), _lines.Add, default);
}
