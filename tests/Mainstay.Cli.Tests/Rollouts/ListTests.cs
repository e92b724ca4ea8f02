using System.Text.Json;
using Mainstay.Contracts;
using Mainstay.Contracts.Rollouts;
using Mainstay.Testing;

namespace Mainstay.Cli.Tests.Rollouts;

public sealed class ListTests : RolloutTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(40)]
    public async Task Rollouts_are_listed_newest_first(int columns)
    {
        Columns(columns);
        await using var daemon = Daemon([RolloutSamples.Under, RolloutSamples.Succeeded, RolloutSamples.RolledBack]);

        var result = await RunAsync("rollouts");

        Assert.Equal(0, result.Code);
        Golden.Match(result.Out, $"rollouts-{(columns == 0 ? "pipe" : columns)}.txt");
        Assert.Contains("GET /v1/rollouts?limit=20", daemon.Requests);
    }

    [Fact]
    public async Task Rollouts_takes_a_number_and_answers_json()
    {
        await using var daemon = Daemon([RolloutSamples.Under, RolloutSamples.Succeeded]);

        var document = JsonSerializer.Deserialize((await RunAsync("rollouts", "-n", "1", "--json")).Out, WireJson.Default.RolloutsDocument)!;

        Assert.Equal(13, Assert.Single(document.Rollouts).Number);
        Assert.Equal(ExitCode.WrongUsage, (await RunAsync("rollouts", "-n", "many")).Exit);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(40)]
    public async Task Releases_are_a_table_per_service(int columns)
    {
        Columns(columns);
        await using var daemon = Releases();

        var result = await RunAsync("releases");

        Assert.Equal(0, result.Code);
        Assert.DoesNotContain('\u001b', result.Out);
        Golden.Match(result.Out, $"releases-{(columns == 0 ? "pipe" : columns)}.txt");
    }

    [Fact]
    public async Task Releases_of_a_service_are_only_those()
    {
        await using var daemon = Releases();

        var document = JsonSerializer.Deserialize((await RunAsync("releases", "web", "--json")).Out, WireJson.Default.ReleasesDocument)!;

        Assert.Equal("web", Assert.Single(document.Releases).Service.Value);
    }

    [Fact]
    public async Task A_service_without_a_release_is_said_and_is_exit_1()
    {
        await using var daemon = Releases();

        var result = await RunAsync("releases", "redis");

        Assert.Equal((1, "", "mainstay: there is no release of redis; there are releases of api, web\n"), (result.Code, result.Out, result.Error));
    }

    [Fact]
    public async Task An_empty_home_has_a_daemon_started_and_says_what_begins_one()
    {
        FakeDaemon? daemon = null;
        StartDaemon = (home, _) =>
        {
            daemon = FakeDaemon.Start(home, e => e.Target.StartsWith("/v1/releases", StringComparison.Ordinal)
                ? e.JsonAsync(200, new([]), WireJson.Default.ReleasesDocument)
                : e.JsonAsync(200, new([]), WireJson.Default.RolloutsDocument));
            return Task.FromResult(new StartedDaemon(1, new TaskCompletionSource<string>().Task));
        };

        var rollouts = await RunAsync("rollouts");
        var releases = await RunAsync("releases");
        await daemon!.DisposeAsync();

        Assert.Equal((0, "no rollouts yet; `mainstay deploy` begins one\n"), (rollouts.Code, rollouts.Out));
        Assert.Equal((0, "no releases yet; `mainstay deploy` makes them of the services' sources\n"), (releases.Code, releases.Out));
    }

    [Fact]
    public async Task Colours_are_for_terminals_that_want_them()
    {
        await using var daemon = Daemon([RolloutSamples.Succeeded, RolloutSamples.RolledBack]);

        Assert.DoesNotContain('\u001b', (await RunAsync("rollouts")).Out);
        IsTerminal = true;
        Assert.Contains("\u001b[32msucceeded", (await RunAsync("rollouts")).Out, StringComparison.Ordinal);
        Assert.Contains("\u001b[33mrolled_back", (await RunAsync("rollout", "show", "11")).Out, StringComparison.Ordinal);
        Environment["NO_COLOR"] = "1";
        Assert.DoesNotContain('\u001b', (await RunAsync("rollouts")).Out);
    }

    [Fact]
    public async Task The_status_shows_the_notice_of_a_rollout_under_way()
    {
        (IsTerminal, Size, Environment["NO_COLOR"]) = (true, new(40, 24), "1");
        await using var daemon = FakeDaemon.Start(Home, e => e.JsonAsync(200, Samples.Status with { Switches = [], Notices = ["rollout 13 (deploy by ada@build-7) is under way: roll api"] }, WireJson.Default.StatusDocument));

        Assert.EndsWith("\n\nnotice: rollout 13 (deploy by\n        ada@build-7) is under way: roll\n        api\n", (await RunAsync("status")).Out, StringComparison.Ordinal);
    }

    private FakeDaemon Releases() => FakeDaemon.Start(Home, e => e.JsonAsync(200, new(RolloutSamples.Releases), WireJson.Default.ReleasesDocument));

    private void Columns(int columns)
    {
        if (columns > 0)
        {
            Environment["COLUMNS"] = $"{columns}";
        }
    }
}
