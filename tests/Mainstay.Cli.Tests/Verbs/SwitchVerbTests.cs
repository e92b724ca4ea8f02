using System.Text.Json;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Testing;

namespace Mainstay.Cli.Tests.Verbs;

public sealed class SwitchVerbTests : CommandTest
{
    public SwitchVerbTests() => Environment["USER"] = "anna";

    [Theory]
    [InlineData("switch off hooks --for 10m --reason doubles", "\"name\":\"hooks\",\"on\":false", "\"reason\":\"doubles\",\"for_s\":600")]
    [InlineData("switch on hooks", "\"name\":\"hooks\",\"on\":true", "\"reason\":null,\"for_s\":null")]
    public async Task A_switch_is_set_with_who_why_and_for_how_long(string line, string what, string more)
    {
        await using var daemon = FakeDaemon.Start(Home, e => e.TextAsync(200, JsonSerializer.Serialize(new OperationMessage(Result: new(ExitCode.Done, "hooks is off", [], [])), WireJson.Default.OperationMessage) + "\n"));

        var result = await RunAsync(line.Split(' '));

        Assert.Equal((0, "hooks is off\n", ""), (result.Code, result.Out, result.Error));
        var asked = daemon.Requests.Single(r => r.StartsWith("POST /v1/switches", StringComparison.Ordinal));
        Assert.Contains(what, asked, StringComparison.Ordinal);
        Assert.Contains(more, asked, StringComparison.Ordinal);
        Assert.Contains("\"by\":\"anna@", asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("switch")]
    [InlineData("switch list")]
    public async Task They_are_listed_with_why_they_are_as_they_are(string line)
    {
        Time = new ManualTimeProvider(new(2026, 1, 31, 13, 55, 0, TimeSpan.Zero));
        await using var daemon = FakeDaemon.Start(Home, e => e.JsonAsync(200, new(Samples.Status.Switches), WireJson.Default.SwitchesDocument));
        Golden.Match((await RunAsync(line.Split(' '))).Out, "switches.txt");
    }

    [Theory]
    [InlineData("switch hooks off", "mainstay switch off hooks")]
    [InlineData("switch off", "mainstay switch list")]
    [InlineData("switch offf hooks", "mainstay switch off")]
    [InlineData("switch off hooks --for ages", "--for 10m")]
    [InlineData("switch list --for 10m", "mainstay switch list")]
    public async Task Wrong_words_are_told_with_the_right_ones(string line, string instead)
    {
        await using var daemon = FakeDaemon.Start(Home);
        var result = await RunAsync(line.Split(' '));
        Assert.Equal(2, result.Code);
        Assert.Contains($"try: {(instead.StartsWith("--", StringComparison.Ordinal) ? "mainstay switch off <name> " : "")}{instead}", result.Error, StringComparison.Ordinal);
    }
}
