using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>A bad release never replaces a good one, and a fault that shows after promotion is rolled back too.</summary>
public sealed class BadReleaseTests
{
    private const string Bake = """build: [ [ sh, -c, "printf %s $MAINSTAY_COMMIT > commit.txt" ] ]""";
    private const string Verify = """verify: [ { http: /version, expect: { body_contains: "$MAINSTAY_COMMIT" } } ]""";

    [Theory]
    [InlineData("\"throws\": \"boom-at-start\"", "boom-at-start")]
    [InlineData("\"neverReady\": true", "503")]
    public async Task A_release_that_does_not_start_replaces_nothing(string fault, string shown)
    {
        await using var app = await ReleasedApp.DeployedAsync(instances: 2);
        var before = await app.IsWholeAsync("1", 2);
        await using var load = await app.LoadAsync();

        await app.Repository.CommitVersionAsync("2", fault);
        (await app.DeployAsync()).MustExit(1).MustShow(shown);
        await load.FlowsAsync();

        var report = (await load.StopAsync()).MustHaveLostNothing();
        Assert.Equal(["1"], report.Versions);
        Assert.Equal(before.Pids, (await app.IsWholeAsync("1", 2)).Pids);
        (await app.ReportAsync()).MustEndAs("rolled_back");
    }

    [Fact]
    public async Task When_the_second_instance_fails_the_first_goes_back_at_once()
    {
        await using var app = await ReleasedApp.DeployedAsync(deploy: "deadline: 20s", instances: 2);
        await using var load = await app.LoadAsync();

        await app.Repository.CommitVersionAsync("2", "\"throws\": \"boom-in-the-second\", \"throwsAs\": \"1\"");
        (await app.DeployAsync()).MustExit(1).MustShow("boom-in-the-second").MustNotShow("its deadline passed");
        await load.FlowsAsync();

        (await load.StopAsync()).MustHaveLostNothing();
        await app.IsWholeAsync("1", 2);
    }

    [Fact]
    public async Task A_release_that_fails_its_verification_gets_no_request()
    {
        await using var app = await ReleasedApp.DeployedAsync(Bake, Verify);
        await using var load = await app.LoadAsync();

        // Its build no longer writes which commit it is: what answers is not what was asked for.
        app.Declare("build: [ \"true\" ]", Verify);
        await app.Repository.CommitVersionAsync("2");
        (await app.DeployAsync()).MustExit(1).MustShow("/version", "does not verify");
        await load.FlowsAsync();

        Assert.Equal(["1"], (await load.StopAsync()).MustHaveLostNothing().Versions);
        await app.IsWholeAsync("1");
    }

    [Fact]
    public async Task A_release_that_dies_after_it_became_healthy_is_rolled_back_and_loses_no_idle_client()
    {
        await using var app = await ReleasedApp.DeployedAsync(deploy: "bake: 6s", instances: 1);
        await using var load = await app.LoadAsync();

        await app.Repository.CommitVersionAsync("2", "\"diesAfterMs\": 1500, \"lastWords\": \"Error: late-boom\"");
        (await app.DeployAsync()).MustExit(1).MustShow("late-boom", "serve");
        await load.FlowsAsync();

        // What the dying process had in hand is lost with it; nothing else is.
        var lost = (await load.StopAsync()).Lost;
        Assert.True(lost.Count <= 8, $"{lost.Count} lost: {string.Join('\n', lost.Take(20))}");
        await app.IsWholeAsync("1");
        (await app.ReportAsync()).MustEndAs("rolled_back");
    }

    [Fact]
    public async Task A_release_that_answers_with_errors_is_rolled_back()
    {
        await using var app = await ReleasedApp.DeployedAsync(deploy: "bake: 15s, rollback_on: { error_rate: 5% }");
        await app.Repository.CommitVersionAsync("2", "\"failsFrom\": 0.5");
        await using var load = await app.LoadAsync();

        (await app.DeployAsync()).MustExit(1).MustShow("rollback_on.error_rate", "requests");

        await load.FlowsAsync();
        await app.IsWholeAsync("1");
        (await app.ReportAsync()).MustEndAs("rolled_back");
        var lost = load.LostSoFar;
        await load.FlowsAsync(200);
        Assert.Equal(lost, load.LostSoFar);
    }

    [Fact]
    public async Task A_release_that_became_slow_is_rolled_back()
    {
        await using var app = await ReleasedApp.DeployedAsync(deploy: "bake: 20s, rollback_on: { p99: 2x }");
        await using var load = await app.LoadAsync();
        await load.FlowsAsync(300);

        await app.Repository.CommitVersionAsync("2", "\"slowMs\": 400");
        (await app.DeployAsync()).MustExit(1).MustShow("rollback_on.p99", "times");
        await load.FlowsAsync();

        (await load.StopAsync()).MustHaveLostNothing();
        await app.IsWholeAsync("1");
    }

    [Fact]
    public async Task A_release_that_was_rolled_back_is_not_tried_again_by_itself_and_the_next_good_one_takes_over()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        await app.Repository.CommitVersionAsync("2", "\"throws\": \"boom\"");
        (await app.DeployAsync()).MustExit(1);

        await app.Repository.CommitVersionAsync("3");
        (await app.DeployAsync()).MustExit(0);

        await app.IsWholeAsync("3");
        Assert.Equal(3, (await app.ReportAsync()).Number);
    }

    [Theory]
    [InlineData("build: [ [ sh, -c, \"echo cannot-build >&2; exit 3\" ] ]", "cannot-build")]
    [InlineData("artifacts: [ dist/app.js ]", "dist/app.js does not exist")]
    [InlineData("migrate: \"sh -c 'echo cannot-migrate; exit 4'\"", "cannot-migrate")]
    public async Task What_fails_before_the_first_process_is_replaced_changes_nothing(string more, string shown)
    {
        await using var app = await ReleasedApp.DeployedAsync();
        var before = await app.IsWholeAsync("1");
        app.Declare(more);
        await app.Repository.CommitVersionAsync("2");

        (await app.DeployAsync()).MustExit(1).MustShow(shown);

        Assert.Equal(before.Pids, (await app.IsWholeAsync("1")).Pids);
        (await app.ReportAsync()).MustEndAs("failed");
    }
}
