using System.Net.Sockets;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Tests.Connection;

public sealed class DaemonStartTests : CommandTest
{
    private static readonly Task<string> Lives = new TaskCompletionSource<string>().Task;

    [Fact]
    public async Task Fifty_concurrent_first_commands_start_one_daemon()
    {
        var starts = 0;
        FakeDaemon? daemon = null;
        StartDaemon = (home, _) =>
        {
            Interlocked.Increment(ref starts);
            daemon = FakeDaemon.Start(home, Status);
            return Task.FromResult(new StartedDaemon(4711, Lives));
        };

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => RunAsync("status"))));

        Assert.All(results, r => Assert.Equal(0, r.Code));
        Assert.Equal(1, starts);
        Assert.Single(results, r => r.Error == $"started the daemon (pid 4711, home {Home.Root})\n");
        await daemon!.DisposeAsync();
    }

    [Fact]
    public async Task The_socket_file_of_a_killed_daemon_is_not_taken_for_a_daemon()
    {
        await FakeDaemon.Start(Home, Status).KillAsync();
        Assert.True(File.Exists(Home.ApiSocket));
        FakeDaemon? daemon = null;
        StartDaemon = (home, _) =>
        {
            daemon = FakeDaemon.Start(home, Status);
            return Task.FromResult(new StartedDaemon(4711, Lives));
        };

        Assert.Equal(0, (await RunAsync("status")).Code);
        Assert.NotNull(daemon);
        await daemon.DisposeAsync();
    }

    [Fact]
    public async Task A_daemon_that_dies_while_it_starts_is_reported_with_its_last_words()
    {
        StartDaemon = async (home, token) =>
        {
            await File.AppendAllTextAsync(home.DaemonLog, "disk is full\ncannot open mainstay.db\n", token);
            return new StartedDaemon(4711, Task.FromResult("exit code 1"));
        };
        Directory.CreateDirectory(Home.Logs);
        await File.WriteAllTextAsync(Home.DaemonLog, "from an earlier daemon\n", TestContext.Current.CancellationToken);

        var result = await RunAsync("status");

        Assert.Equal(ExitCode.DaemonNotReachable, result.Exit);
        Assert.StartsWith("mainstay: the daemon ended while it started: exit code 1\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("cannot open mainstay.db", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("earlier daemon", result.Error, StringComparison.Ordinal);
        Assert.Contains("try: mainstay doctor", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Our_daemon_may_lose_to_one_that_was_started_at_the_same_time()
    {
        FakeDaemon? winner = null;
        StartDaemon = (home, _) =>
        {
            winner = FakeDaemon.Start(home, Status);
            return Task.FromResult(new StartedDaemon(4711, Task.FromResult("another daemon owns this home")));
        };

        Assert.Equal(0, (await RunAsync("status")).Code);
        await winner!.DisposeAsync();
    }

    [Fact]
    public async Task Folders_of_a_new_home_are_the_owners_alone()
    {
        StartDaemon = (_, _) => Task.FromResult(new StartedDaemon(1, Task.FromResult("exit code 1")));

        await RunAsync("status");

        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.All([Home.Root, Home.Run, Home.Logs], folder => Assert.Equal(ownerOnly, File.GetUnixFileMode(folder)));
    }

    [Fact]
    public async Task A_home_too_deep_for_a_socket_is_refused_with_the_reason()
    {
        var result = await RunAsync("--home", "/tmp/" + new string('x', 120), "status");

        Assert.Equal(ExitCode.DaemonNotReachable, result.Exit);
        Assert.Contains("the home's path is too long", result.Error, StringComparison.Ordinal);
    }

    /// <summary>The API's socket would fit; those of the edge workers would not, and every one of them would crash.</summary>
    [Fact]
    public async Task A_home_is_measured_by_the_longest_socket_that_is_ever_bound_in_it()
    {
        var most = HomeLayout.MaxSocketPath - "/run/edge-99999.sock.new".Length;
        var fits = new HomeLayout("/" + new string('x', most - 1));
        var tooLong = new HomeLayout(fits.Root + "x");

        Assert.True(fits.HasRoomForSockets);
        Assert.False(tooLong.HasRoomForSockets);
        Assert.True(tooLong.ApiSocket.Length < HomeLayout.MaxSocketPath);
        var result = await RunAsync("--home", tooLong.Root, "status");
        Assert.Equal(ExitCode.DaemonNotReachable, result.Exit);
        Assert.Contains("edge-99999.sock.new", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Down_where_nothing_ever_ran_starts_nothing()
    {
        var result = await RunAsync("down");

        Assert.Equal((0, $"nothing to stop: no daemon runs in {Home.Root} and nothing was ever started there\n"), (result.Code, result.Out));
        Assert.False(Directory.Exists(Home.Root));
    }

    [Fact]
    public async Task Down_after_a_crash_starts_a_daemon_that_can_stop_what_runs()
    {
        Directory.CreateDirectory(Home.Root);
        await File.WriteAllTextAsync(Home.Database, "", TestContext.Current.CancellationToken);
        FakeDaemon? daemon = null;
        StartDaemon = (home, _) =>
        {
            daemon = FakeDaemon.Start(home, Done);
            return Task.FromResult(new StartedDaemon(4711, Lives));
        };

        var result = await RunAsync("down");

        Assert.Equal((0, "2 services stopped\n"), (result.Code, result.Out));
        Assert.Contains("POST /v1/down {\"daemon\":false}", daemon!.Requests);
        await daemon.DisposeAsync();
    }

    [Fact]
    public async Task Down_with_the_daemon_returns_once_the_daemon_is_gone()
    {
        var gone = new TaskCompletionSource();
        FakeDaemon? daemon = null;
        daemon = FakeDaemon.Start(Home, async exchange =>
        {
            await Done(exchange);
            gone.SetResult();
        });

        var command = RunAsync("down", "--daemon");
        await gone.Task;
        Assert.False(command.IsCompleted);
        await daemon.DisposeAsync();

        Assert.Equal(0, (await command).Code);
    }

    private static Task Status(FakeExchange exchange) => exchange.JsonAsync(200, Samples.EmptyStatus, WireJson.Default.StatusDocument);

    private static async Task Done(FakeExchange exchange)
    {
        await exchange.BeginStreamAsync();
        await exchange.LineAsync(new OperationMessage(Result: new(ExitCode.Done, "2 services stopped", [], [])), WireJson.Default.OperationMessage);
        await exchange.EndStreamAsync();
    }
}
