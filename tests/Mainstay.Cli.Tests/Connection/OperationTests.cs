using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Problems;

namespace Mainstay.Cli.Tests.Connection;

public sealed class OperationTests : CommandTest
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Steps_are_plain_lines_and_the_result_decides_the_exit_code()
    {
        await using var daemon = FakeDaemon.Start(Home, Streams(
            Step("api-1", InstancePhase.Starting, "asked to start"),
            Step("api-1", InstancePhase.Running, "readiness probe passed after 0.4 s"),
            Step(null, null, "edge listens on http://127.0.0.1:8080"),
            new(Result: new(ExitCode.Done, "api: 1 instance restarted", [], []))));

        var result = await RunAsync("restart", "api");

        Assert.Equal(
            "api-1 starting: asked to start\napi-1 running: readiness probe passed after 0.4 s\nedge listens on http://127.0.0.1:8080\napi: 1 instance restarted\n",
            result.Out);
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains("POST /v1/actions {\"verb\":\"restart\",\"services\":[\"api\"]}", daemon.Requests);
    }

    [Fact]
    public async Task All_means_every_service()
    {
        await using var daemon = FakeDaemon.Start(Home, Streams(new OperationMessage(Result: new(ExitCode.Done, "done", [], []))));

        await RunAsync("reload", "all");

        Assert.Contains("POST /v1/actions {\"verb\":\"reload\",\"services\":[]}", daemon.Requests);
    }

    [Fact]
    public async Task A_failure_is_explained_on_standard_error()
    {
        await using var daemon = FakeDaemon.Start(Home, Streams(new OperationMessage(Result: new(ExitCode.Failed, "1 of 2 services did not become ready", [], [Samples.Failure]))));

        var result = await RunAsync("reload", "api");

        Assert.Equal(ExitCode.Failed, result.Exit);
        Assert.StartsWith("\napi-1: the process exited with code 1 before it was ready", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("reload failed: 1 of 2 services did not become ready\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_shows_every_problem_and_is_exit_3()
    {
        Problem problem = new("MS1042", Severity.Error, new("mainstay.yaml", 14, 7, "services.api.depends_on[0]"), "service \"api\" waits for \"db\", which is not declared", "declare \"db\" under services or external, or remove it from depends_on");
        await using var daemon = FakeDaemon.Start(Home, e => e.JsonAsync(422, new("the manifest was refused; nothing was changed", "1 problem", [problem]), WireJson.Default.ErrorDocument));

        var result = await RunAsync("start", "api");

        Assert.Equal(ExitCode.Problems, result.Exit);
        Assert.Equal(
            "mainstay.yaml:14:7: MS1042: service \"api\" waits for \"db\", which is not declared\n  fix: declare \"db\" under services or external, or remove it from depends_on\nstart refused: the manifest was refused; nothing was changed\n",
            result.Error);
    }

    [Fact]
    public async Task A_daemon_that_dies_within_an_operation_is_said_and_is_exit_4()
    {
        FakeDaemon? daemon = null;
        var begun = new TaskCompletionSource();
        daemon = FakeDaemon.Start(Home, async exchange =>
        {
            await exchange.BeginStreamAsync();
            await exchange.LineAsync(Step("api-1", InstancePhase.Starting, "asked to start"), WireJson.Default.OperationMessage);
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, exchange.Killed);
        });

        var command = RunAsync("restart", "api");
        await begun.Task;
        await daemon.KillAsync();
        var result = await command;

        Assert.Equal(ExitCode.DaemonNotReachable, result.Exit);
        Assert.StartsWith("the daemon went away during restart; services keep running\n  try: mainstay status", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cut_off_result_is_no_result()
    {
        await using var daemon = FakeDaemon.Start(Home, async exchange =>
        {
            await exchange.BeginStreamAsync();
            await exchange.ChunkAsync("{\"result\":{\"exit_code\":0,\"summary\":\"half");
            await exchange.EndStreamAsync();
        });

        Assert.Equal(ExitCode.DaemonNotReachable, (await RunAsync("restart", "api")).Exit);
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_operation_to_the_daemon()
    {
        using var interrupt = new CancellationTokenSource();
        Interrupted = interrupt.Token;
        await using var daemon = FakeDaemon.Start(Home, async exchange =>
        {
            await exchange.BeginStreamAsync();
            await exchange.LineAsync(Step("api-1", InstancePhase.Starting, "asked to start"), WireJson.Default.OperationMessage);
            await interrupt.CancelAsync();
        });

        var result = await RunAsync("reload", "api");

        Assert.Equal(CliRole.Interrupted, result.Code);
        Assert.StartsWith("interrupted: the daemon goes on with reload\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_passes_the_messages_on_as_they_came()
    {
        var step = Step("api-1", InstancePhase.Running, "readiness probe passed");
        await using var daemon = FakeDaemon.Start(Home, Streams(step, new(Result: new(ExitCode.Failed, "no", [], []))));

        var result = await RunAsync("restart", "api", "--json");

        Assert.Equal(1, result.Code);
        Assert.Equal(
            """
            {"step":{"at":"2026-01-31T12:00:00+00:00","service":"api","instance":"api-1","state":"running","health":null,"because":"readiness probe passed"},"result":null,"rollout":null}
            {"step":null,"result":{"exit_code":1,"summary":"no","problems":[],"failures":[]},"rollout":null}

            """,
            result.Out);
    }

    [Fact]
    public async Task Scale_names_the_service_and_the_number()
    {
        await using var daemon = FakeDaemon.Start(Home, Streams(new OperationMessage(Result: new(ExitCode.Done, "api has 3 instances", [], []))));

        Assert.Equal(0, (await RunAsync("scale", "api=3")).Code);

        Assert.Contains("POST /v1/scale {\"service\":\"api\",\"instances\":3}", daemon.Requests);
    }

    [Theory]
    [InlineData("scale", "api")]
    [InlineData("scale", "api=many")]
    [InlineData("scale", "api=-1")]
    [InlineData("restart", "Api")]
    [InlineData("restart", "api", "all")]
    [InlineData("edge", "restart")]
    public async Task Wrong_words_are_exit_2_without_asking_the_daemon(params string[] args)
    {
        var result = await RunAsync(args);

        Assert.Equal(ExitCode.WrongUsage, result.Exit);
        Assert.StartsWith("mainstay: ", result.Error, StringComparison.Ordinal);
    }

    private static Func<FakeExchange, Task> Streams(params OperationMessage[] messages) => async exchange =>
    {
        await exchange.BeginStreamAsync();
        foreach (var message in messages)
        {
            await exchange.LineAsync(message, WireJson.Default.OperationMessage);
        }

        await exchange.EndStreamAsync();
    };

    private static OperationMessage Step(string? instance, InstancePhase? state, string because) =>
        new(Step: new(Noon, instance?.Split('-')[0], instance, state, null, because));
}
