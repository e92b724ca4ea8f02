using System.Text.Json;
using Mainstay.Contracts;
using Mainstay.Contracts.Rollouts;
using Mainstay.Spec.Problems;
using Mainstay.Testing;

namespace Mainstay.Cli.Tests.Rollouts;

public sealed class DeployTests : RolloutTest
{
    public DeployTests() => Write("mainstay.yaml", Manifest);

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(40)]
    public async Task The_plan_comes_first_then_a_line_per_step_then_one_summary(int columns)
    {
        if (columns > 0)
        {
            Environment["COLUMNS"] = $"{columns}";
        }

        await using var daemon = Daemon([], new(Rollout: RolloutSamples.Planned), Step("fetch: 1204 files"), Step("roll: api-1 runs the new release"), new(Rollout: RolloutSamples.Succeeded), Result(ExitCode.Done, "rollout 12 succeeded: 2 services"));

        var result = await RunAsync("deploy");

        Assert.Equal((0, ""), (result.Code, result.Error));
        Golden.Match(result.Out, $"deploy-{(columns == 0 ? "pipe" : columns)}.txt");
    }

    [Theory]
    [InlineData(100)]
    [InlineData(40)]
    public async Task A_dry_run_prints_the_whole_plan(int columns)
    {
        Environment["COLUMNS"] = $"{columns}";
        await using var daemon = Daemon([], new(Rollout: RolloutSamples.Planned), Result(ExitCode.Done, "nothing was changed"));

        var result = await RunAsync("deploy", "--dry-run");

        Assert.Equal(0, result.Code);
        Assert.All(result.Out.Split('\n'), line => Assert.True(line.Length <= columns, line));
        Golden.Match(result.Out, $"dry-run-{columns}.txt");
        Assert.Contains(daemon.Requests, r => r.Contains("\"dry_run\":true", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Services_and_only_mean_the_same_and_add_up()
    {
        var sent = await SentAsync("deploy", "web", "--only", "api", "--only=web");

        Assert.Equal(["web", "api"], sent.Manifest.Services.Select(s => s.Value));
        Assert.Equal((false, false, false, false), (sent.DryRun, sent.AllowDirty, sent.AllowDowntime, sent.Wait));
    }

    [Fact]
    public async Task What_the_user_lets_pass_is_sent()
    {
        var sent = await SentAsync("deploy", "--allow-dirty", "--allow-downtime", "--wait");

        Assert.Equal((true, true, true), (sent.AllowDirty, sent.AllowDowntime, sent.Wait));
        Assert.Empty(sent.Manifest.Services);
        Assert.Equal((Manifest, Folder), (sent.Manifest.Text, sent.Manifest.Directory));
    }

    [Fact]
    public async Task The_person_behind_sudo_is_who_asks()
    {
        Assert.Equal($"ada@{System.Environment.MachineName}", (await SentAsync("deploy")).By);
        Environment["SUDO_USER"] = "grace";
        Assert.Equal($"grace@{System.Environment.MachineName}", (await SentAsync("deploy")).By);
    }

    [Theory]
    [InlineData("--only=,", 2, "cannot be a service")]
    [InlineData("--only=api,", 2, "cannot be a service")]
    [InlineData("wbe", 2, "declares no service \"wbe\"; did you mean \"web\"?")]
    [InlineData("--allow-dwntime", 2, "did you mean \"--allow-downtime\"?")]
    public async Task Words_that_mean_nothing_never_become_every_service(string word, int code, string what)
    {
        var result = await RunAsync("deploy", word);

        Assert.Equal(code, result.Code);
        Assert.Contains(what, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_with_problems_goes_nowhere()
    {
        Write("mainstay.yaml", "stack: tailtown\nservices:\n  api: { command: [ sh ], colour: red }\n");

        var result = await RunAsync("deploy");

        Assert.Equal(ExitCode.Problems, result.Exit);
        Assert.EndsWith("deploy refused: the manifest has problems; nothing was changed\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_shows_every_problem_and_is_exit_3()
    {
        Problem dirty = new("MS6001", Severity.Error, new("mainstay.yaml", 3, 3, "services.api.source"), "service \"api\": 2 files differ from what is committed: a.js, b.js", "commit or stash them");
        await using var daemon = FakeDaemon.Start(Home, e => e.JsonAsync(422, new("the source was refused; nothing was changed", "1 problem", [dirty]), WireJson.Default.ErrorDocument));

        var result = await RunAsync("deploy");

        Assert.Equal((ExitCode.Problems, ""), (result.Exit, result.Out));
        Assert.Equal(
            "mainstay.yaml:3:3: MS6001: service \"api\": 2 files differ from what is committed: a.js, b.js\n  fix: commit or stash them\ndeploy refused: the source was refused; nothing was changed\n",
            result.Error);
    }

    [Fact]
    public async Task A_file_with_a_hostile_name_in_a_problem_does_not_reach_the_terminal()
    {
        IsTerminal = true;
        Problem dirty = new("MS6001", Severity.Error, new("mainstay.yaml", 3, 3, ""), "1 file differs: a\u001b]0;owned\u0007.js", "commit it");
        await using var daemon = FakeDaemon.Start(Home, e => e.JsonAsync(422, new("refused", "1 problem", [dirty]), WireJson.Default.ErrorDocument));

        Assert.Contains("1 file differs: a\ufffd]0;owned\ufffd.js\n", (await RunAsync("deploy")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollout_under_way_is_named_and_is_exit_1()
    {
        await using var daemon = FakeDaemon.Start(Home, e => e.JsonAsync(409, new("refused", "rollout 11 is under way, by bob@desk since 12:00", []), WireJson.Default.ErrorDocument));

        var result = await RunAsync("deploy");

        Assert.Equal((ExitCode.Failed, "deploy refused: rollout 11 is under way, by bob@desk since 12:00\n"), (result.Exit, result.Error));
    }

    [Fact]
    public async Task A_failure_says_why_and_what_serves_now()
    {
        await using var daemon = Daemon([], new(Rollout: RolloutSamples.Planned), new(Rollout: RolloutSamples.RolledBack), Result(ExitCode.Failed, "rollout 11 was rolled back: api-1 did not become ready", Samples.Failure));

        var result = await RunAsync("deploy");

        Assert.Equal(ExitCode.Failed, result.Exit);
        Golden.Match(result.Error, "deploy-failed.txt");
    }

    [Fact]
    public async Task A_stream_that_breaks_off_leaves_the_rollout_to_the_next_daemon()
    {
        await using var daemon = Daemon([], new(Rollout: RolloutSamples.Planned), Step("fetch: 1204 files"));

        var result = await RunAsync("deploy");

        Assert.Equal(ExitCode.DaemonNotReachable, result.Exit);
        Assert.StartsWith("the daemon went away during deploy; services keep running, and the next daemon goes on with rollout 12 (deploy of tailtown)\n  try: mainstay rollout show", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_rollout_to_the_daemon_and_says_how_to_watch_pause_and_abort_it()
    {
        var result = await InterruptedAsync("steps:", new(Rollout: RolloutSamples.Planned), "deploy");

        Assert.Equal(CliRole.Interrupted, result.Code);
        Assert.Equal(
            """
            interrupted: the daemon goes on with rollout 12 (deploy of tailtown)
              try: mainstay rollout show     (how far it is; mainstay events -f follows it)
              try: mainstay rollout pause    (after the step under way, until mainstay rollout resume)
              try: mainstay rollout abort    (back to what served before)

            """,
            result.Error);
    }

    [Fact]
    public async Task Ctrl_C_before_the_plan_promises_no_rollout() => Assert.Equal(
        "interrupted: no rollout had begun, and the daemon drops the deploy\n  try: mainstay rollouts   (shows whether one began at that very moment)\n",
        (await InterruptedAsync("waits for", Step("waits for rollout 11"), "deploy", "--wait")).Error);

    [Fact]
    public async Task Ctrl_C_of_a_dry_run_leaves_nothing() =>
        Assert.Equal("interrupted: a dry run changes nothing\n", (await InterruptedAsync("steps:", new(Rollout: RolloutSamples.Planned), "deploy", "--dry-run")).Error);

    [Fact]
    public async Task Json_is_the_daemons_messages()
    {
        await using var daemon = Daemon([], new(Rollout: RolloutSamples.Planned), Result(ExitCode.Done, "done"));

        var lines = (await RunAsync("deploy", "--json")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(2, lines.Length);
        Assert.Equal(12, JsonDocument.Parse(lines[0]).RootElement.GetProperty("rollout").GetProperty("number").GetInt32());
        Assert.Equal(0, JsonDocument.Parse(lines[1]).RootElement.GetProperty("result").GetProperty("exit_code").GetInt32());
    }

    [Fact]
    public async Task On_a_terminal_the_plan_stays_above_the_live_table_and_nothing_hostile_gets_through()
    {
        (IsTerminal, Size, Environment["NO_COLOR"]) = (true, new(40, 24), "1");
        await using var daemon = Daemon([], new(Rollout: RolloutSamples.Planned), new(Step: new(RolloutSamples.Noon, "api", "api-1", Contracts.Api.InstancePhase.Starting, null, "new \u001b]0;owned\u0007")), Result(ExitCode.Done, "done"));

        var result = await RunAsync("deploy");

        Assert.StartsWith("rollout 12: deploy of tailtown by\nada@build-7\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("api-1  starting", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u0007', result.Out);
        Assert.DoesNotContain("\u001b]", result.Out, StringComparison.Ordinal);
    }

    private async Task<DeployRequest> SentAsync(params string[] args)
    {
        DeployRequest? sent = null;
        await using var daemon = FakeDaemon.Start(Home, async exchange =>
        {
            sent = JsonSerializer.Deserialize(exchange.Body, WireJson.Default.DeployRequest);
            await exchange.BeginStreamAsync();
            await exchange.LineAsync(Result(ExitCode.Done, "done"), WireJson.Default.OperationMessage);
            await exchange.EndStreamAsync();
        });

        Assert.Equal(0, (await RunAsync(args)).Code);
        return sent!;
    }
}
