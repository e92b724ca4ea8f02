using System.Text.Json;
using Mainstay.Contracts;
using Mainstay.Contracts.Rollouts;
using Mainstay.Testing;

namespace Mainstay.Cli.Tests.Rollouts;

public sealed class RolloutVerbTests : RolloutTest
{
    [Theory]
    [InlineData("pause", "pause")]
    [InlineData("resume", "go")]
    [InlineData("abort", "abort")]
    public async Task The_one_under_way_is_told(string word, string wish)
    {
        await using var daemon = Daemon([RolloutSamples.Under], new(Rollout: RolloutSamples.Under), Result(ExitCode.Done, "rollout 13 was told"));

        var result = await RunAsync("rollout", word);

        Assert.Equal((0, "rollout 13 was told\n", ""), (result.Code, result.Out, result.Error));
        Assert.Contains($$"""POST /v1/rollouts/wish {"wish":"{{wish}}","by":"ada@{{System.Environment.MachineName}}"}""", daemon.Requests);
    }

    [Fact]
    public async Task With_none_under_way_it_says_what_there_was_and_is_exit_1()
    {
        await using (Daemon([RolloutSamples.Succeeded]))
        {
            var result = await RunAsync("rollout", "pause");
            Assert.Equal((1, "mainstay: no rollout is under way\n  the last one, 12, ended as succeeded: mainstay rollout show\n"), (result.Code, result.Error));
        }

        await using var empty = Daemon([]);
        Assert.Equal("mainstay: no rollout is under way\n  there was none yet\n", (await RunAsync("rollout", "abort")).Error);
    }

    [Fact]
    public async Task A_wish_that_is_refused_is_exit_1_with_the_reason()
    {
        await using var daemon = FakeDaemon.Start(Home, e => e.Method == "GET"
            ? e.JsonAsync(200, new([RolloutSamples.Under]), WireJson.Default.RolloutsDocument)
            : e.JsonAsync(409, new("refused", "rollout 13 is on its way back; nothing aborts that", []), WireJson.Default.ErrorDocument));

        var result = await RunAsync("rollout", "abort");

        Assert.Equal((1, "rollout abort refused: rollout 13 is on its way back; nothing aborts that\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task Ctrl_C_of_an_abort_leaves_the_abort_to_the_daemon()
    {
        var result = await InterruptedAsync("taking back", Step("taking back api-1"), "rollout", "abort");

        Assert.Equal((CliRole.Interrupted, "interrupted: the daemon goes on with rollout abort of rollout 13\n  try: mainstay rollout show   (shows how far it is)\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task A_stream_that_breaks_off_says_where_the_wish_can_be_seen()
    {
        await using var daemon = Daemon([RolloutSamples.Under], Step("taking back api-1"));

        var result = await RunAsync("rollout", "abort");

        Assert.Equal(ExitCode.DaemonNotReachable, result.Exit);
        Assert.StartsWith("the daemon went away during rollout abort; services keep running, and the next daemon goes on with rollout 13\n", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("undo", "try: mainstay rollback")]
    [InlineData("status", "try: mainstay rollout show")]
    [InlineData("abrot", "did you mean \"abort\"?")]
    [InlineData("anything", "try: mainstay rollout show | pause | resume | abort")]
    public async Task Words_of_other_tools_and_slips_land_on_a_suggestion(string word, string what)
    {
        var result = await RunAsync("rollout", word);

        Assert.Equal(ExitCode.WrongUsage, result.Exit);
        Assert.Contains(what, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rollout", "pause", "12")]
    [InlineData("rollout", "show", "twelve")]
    [InlineData("rollout", "show", "99")]
    [InlineData("rollout")]
    public async Task A_number_that_cannot_be_meant_is_exit_2(params string[] args)
    {
        await using var daemon = Daemon([RolloutSamples.Succeeded]);

        Assert.Equal(ExitCode.WrongUsage, (await RunAsync(args)).Exit);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(40)]
    public async Task Show_has_steps_traffic_evidence_and_cause(int columns)
    {
        Environment["COLUMNS"] = $"{columns}";
        await using var daemon = Daemon([RolloutSamples.Under, RolloutSamples.Succeeded, RolloutSamples.RolledBack]);

        var result = await RunAsync("rollout", "show", "11");

        Assert.Equal(0, result.Code);
        Assert.DoesNotContain('\u001b', result.Out);
        Golden.Match(result.Out, $"show-{columns}.txt");
    }

    [Fact]
    public async Task Show_without_a_number_is_the_last_one()
    {
        await using var daemon = Daemon([RolloutSamples.Under, RolloutSamples.Succeeded]);

        Golden.Match((await RunAsync("rollout", "show")).Out, "show-under-way.txt");
        Assert.Equal(13, JsonDocument.Parse((await RunAsync("rollout", "show", "--json")).Out).RootElement.GetProperty("number").GetInt32());
    }

    [Fact]
    public async Task Show_before_the_first_rollout_is_exit_1()
    {
        await using var daemon = Daemon([]);

        Assert.Equal((1, "mainstay: there was no rollout yet\n  try: mainstay deploy --dry-run   (shows what one would do)\n"), (await RunAsync("rollout", "show")) is var r ? (r.Code, r.Error) : default);
    }
}
