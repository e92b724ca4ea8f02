using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Deaths;

[Collection(nameof(Alone))]
public sealed class OneDaemonTests
{
    private const string Manifest = "stack: one\nservices: { a: { command: [ sleep, \"1000\" ] } }\n";

    [Fact]
    public async Task Fifty_first_commands_at_once_start_one_daemon()
    {
        await using var home = MainstayHome.Create(Manifest);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => home.RunAsync("status", "--json")));

        Assert.Single(answers.Select(a => StatusView.Parse(a.MustExit(0).Out).Daemon.Pid).Distinct());
        await Eventually.TrueAsync("one process of this home lives", () => home.Processes().Count == 1);
    }

    [Fact]
    public async Task A_second_daemon_on_one_home_is_refused_and_names_the_first()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        var first = (await home.StatusAsync()).Daemon.Pid;

        var second = await home.RunAsync("daemon");

        Assert.NotEqual(0, second.ExitCode);
        second.MustShow($"{first}");
        Assert.Equal(first, (await home.StatusAsync()).Daemon.Pid);
    }

    /// <summary>A command that ran within RestartSec of a crash has started a daemon; systemd's own must outlast it, not exit until its start limit.</summary>
    [Fact]
    public async Task A_daemon_that_systemd_started_waits_for_the_one_that_runs_and_takes_over_when_it_ends()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        var before = await home.StatusAsync();

        // What systemd sets for the process that it starts itself; the shell keeps its pid through the exec.
        await using var second = Child.Start(
            "/bin/sh", ["-c", $"SYSTEMD_EXEC_PID=$$ INVOCATION_ID=test exec {MainstayProgram.Path} daemon --home {home.Home}"], home.Folder, []);
        var log = Path.Combine(home.Home, "logs", "daemon.log");
        var waits = $"another daemon (pid {before.Daemon.Pid}) runs in {home.Home}; waiting for it to end";
        await Eventually.TrueAsync("the second daemon says that it waits", () => second.Err.Contains(waits, StringComparison.Ordinal));
        Assert.Equal(before.Daemon.Pid, (await home.StatusAsync()).Daemon.Pid);

        await MainstayHome.KillAsync(before.Daemon.Pid);
        await Eventually.TrueAsync("the second daemon has the home", () => File.ReadAllText(log).Contains($"started in {home.Home}, pid {second.Pid}", StringComparison.Ordinal));

        var after = await home.BecomesAsync("the second daemon has the service", s => s.Daemon.Pid == second.Pid && s["a"].State == "running");
        Assert.Equal(before["a"].Only.Pid, after["a"].Only.Pid);
        Assert.Single(File.ReadLines(log), l => l.Contains(waits, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_homes_have_two_daemons_that_know_nothing_of_each_other()
    {
        await using var one = MainstayHome.Create(Manifest);
        await using var other = MainstayHome.Create(Manifest);
        await one.UpAsync();
        await other.UpAsync();

        (await one.RunAsync("down", "--daemon")).MustExit(0);

        Assert.Equal("running", (await other.StatusAsync())["a"].State);
    }

    [Fact]
    public async Task The_homes_files_are_for_its_owner_alone()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();

        const UnixFileMode others = (UnixFileMode)0b000_111_111;
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(Path.Combine(home.Home, "run", "api.sock")) & (UnixFileMode)0b111_111_111);
        Assert.All(Directory.EnumerateDirectories(home.Home, "*", SearchOption.AllDirectories).Append(home.Home),
            folder => Assert.True((File.GetUnixFileMode(folder) & others) == 0, folder));
    }

    [Fact]
    public async Task A_command_without_a_daemon_that_only_checks_starts_none()
    {
        await using var home = MainstayHome.Create(Manifest);

        (await home.RunAsync("check")).MustExit(0);
        (await home.RunAsync("version")).MustExit(0);

        Assert.Empty(home.Processes());
        Assert.False(File.Exists(Path.Combine(home.Home, "mainstay.db")));
    }

    [Fact]
    public async Task A_daemon_stopped_by_its_signal_leaves_the_services_running()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        var before = await home.StatusAsync();
        var daemon = ProcessMark.Of(before.Daemon.Pid)!.Value;

        daemon.Send(Signal.Term);
        await Eventually.TrueAsync("the daemon is gone", () => !daemon.IsAlive);

        Assert.Equal(before["a"].Only.Pid, (await home.StatusAsync())["a"].Only.Pid);
    }
}
