using System.Text.Json;
using Mainstay.Contracts;

namespace Mainstay.Cli.Tests.Rollouts;

public sealed class ReportTests : RolloutTest
{
    private const string Hostile = "# Rollout 12\n\nby \u001b]0;owned\u0007ada\n";

    [Fact]
    public async Task The_last_rollouts_report_is_markdown_as_the_daemon_wrote_it()
    {
        await using var daemon = Reports();

        Assert.Equal((0, Hostile), await RunAsync("report") is var r ? (r.Code, r.Out) : default);

        Assert.Contains("GET /v1/rollouts/report?number=12&format=markdown", daemon.Requests);
    }

    [Fact]
    public async Task On_a_terminal_nothing_hostile_gets_through()
    {
        IsTerminal = true;
        await using var daemon = Reports();

        Assert.Equal("# Rollout 12\n\nby \ufffd]0;owned\ufffdada\n", (await RunAsync("report", "12")).Out);
    }

    [Theory]
    [InlineData("html", "report", "--html")]
    [InlineData("html", "report", "-o", "last.html")]
    [InlineData("markdown", "report", "-o", "last.md")]
    public async Task The_form_is_asked_for_or_follows_from_the_name(string format, params string[] args)
    {
        await using var daemon = Reports();

        Assert.Equal(0, (await RunAsync(args)).Code);

        Assert.Contains($"GET /v1/rollouts/report?number=12&format={format}", daemon.Requests);
    }

    [Fact]
    public async Task A_named_file_is_written_over_and_it_is_said_where()
    {
        var path = Write("last.md", "what was there");
        await using var daemon = Reports();

        var result = await RunAsync("report", "12", "-o", "last.md");

        Assert.Equal((0, "", $"wrote the report of rollout 12 to {path}\n"), (result.Code, result.Out, result.Error));
        Assert.Equal(Hostile, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Json_is_everything_that_is_known()
    {
        await using var daemon = Reports();

        Assert.Equal(12, JsonDocument.Parse((await RunAsync("report", "--json")).Out).RootElement.GetProperty("number").GetInt32());
        Assert.Equal(0, (await RunAsync("report", "--json", "-o", "last.json")).Code);
        Assert.Equal(12, JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "last.json"), TestContext.Current.CancellationToken)).RootElement.GetProperty("number").GetInt32());
    }

    [Theory]
    [InlineData("report", "99")]
    [InlineData("report", "last")]
    [InlineData("report", "--json", "--html")]
    [InlineData("report", "-o", ".")]
    [InlineData("report", "-o", "nowhere/last.md")]
    public async Task What_cannot_be_meant_is_exit_2(params string[] args)
    {
        await using var daemon = Reports();

        Assert.Equal(ExitCode.WrongUsage, (await RunAsync(args)).Exit);
    }

    [Fact]
    public async Task Before_the_first_rollout_there_is_none()
    {
        await using var daemon = Daemon([]);

        Assert.Equal((1, "mainstay: there was no rollout yet\n  try: mainstay deploy --dry-run   (shows what one would do)\n"), await RunAsync("report") is var r ? (r.Code, r.Error) : default);
    }

    private FakeDaemon Reports() => FakeDaemon.Start(Home, e =>
        e.Target.StartsWith("/v1/rollouts/report", StringComparison.Ordinal) ? e.TextAsync(200, Hostile)
        : e.JsonAsync(200, new(e.Target.EndsWith("=99", StringComparison.Ordinal) ? [] : [RolloutSamples.Succeeded]), WireJson.Default.RolloutsDocument));
}
