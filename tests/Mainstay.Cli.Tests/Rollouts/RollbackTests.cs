using Mainstay.Contracts;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Cli.Tests.Rollouts;

public sealed class RollbackTests : RolloutTest
{
    [Fact]
    public async Task It_needs_no_manifest_and_no_argument()
    {
        await using var daemon = Daemon([], new(Rollout: RolloutSamples.Planned with { Kind = RolloutKind.Rollback }), Result(ExitCode.Done, "api serves the release from before"));

        var result = await RunAsync("rollback");

        Assert.Equal(0, result.Code);
        Assert.StartsWith("rollout 12: rollback of tailtown by ada@build-7\n", result.Out, StringComparison.Ordinal);
        Assert.EndsWith("\napi serves the release from before\n", result.Out, StringComparison.Ordinal);
        Assert.Contains($$"""POST /v1/rollback {"services":[],"release":null,"dry_run":false,"by":"ada@{{System.Environment.MachineName}}"}""", daemon.Requests);
    }

    [Fact]
    public async Task One_service_goes_to_the_release_that_was_named()
    {
        await using var daemon = Daemon([], Result(ExitCode.Done, "nothing was changed"));

        Assert.Equal(0, (await RunAsync("rollback", "api", "--to", RolloutSamples.Old, "--dry-run")).Code);

        Assert.Contains(daemon.Requests, r => r.Contains($$"""{"services":["api"],"release":"{{RolloutSamples.Old}}","dry_run":true,""", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rollback", "--to", "r1")]
    [InlineData("rollback", "api", "web", "--to", "r1")]
    [InlineData("rollback", "all", "--to", "r1")]
    [InlineData("rollback", "--to")]
    public async Task A_release_without_its_one_service_is_exit_2(params string[] args) => Assert.Equal(ExitCode.WrongUsage, (await RunAsync(args)).Exit);

    [Fact]
    public async Task A_refusal_is_shown_with_its_problems()
    {
        await using var daemon = FakeDaemon.Start(Home, e => e.JsonAsync(422, new("refused", "\"api\" has no release to go back to", []), WireJson.Default.ErrorDocument));

        var result = await RunAsync("rollback", "api");

        Assert.Equal((ExitCode.Problems, "rollback refused: \"api\" has no release to go back to\n"), (result.Exit, result.Error));
    }

    [Fact]
    public async Task What_could_not_be_proven_is_said()
    {
        await using var daemon = Daemon([], new(Rollout: RolloutSamples.Planned), new(Rollout: RolloutSamples.RolledBack with { Phase = RolloutPhase.Broken }), Result(ExitCode.Failed, "not proven", Samples.Failure));

        var result = await RunAsync("rollback");

        Assert.Equal(ExitCode.Failed, result.Exit);
        Assert.Contains($"wanted again, but not proven to serve: api {RolloutSamples.Old}, web (nothing, as before); mainstay status shows how far it is\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_leaves_it_to_the_daemon()
    {
        var result = await InterruptedAsync("steps:", new(Rollout: RolloutSamples.Planned with { Kind = RolloutKind.Rollback }), "rollback");

        Assert.Equal(CliRole.Interrupted, result.Code);
        Assert.StartsWith("interrupted: the daemon goes on with rollout 12 (rollback of tailtown)\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_before_the_plan_promises_nothing()
    {
        await using var daemon = Daemon([]);

        var result = await RunAsync("rollback");

        Assert.Equal(ExitCode.DaemonNotReachable, result.Exit);
        Assert.Contains("the next daemon goes on with the rollout, if it began\n", result.Error, StringComparison.Ordinal);
    }
}
