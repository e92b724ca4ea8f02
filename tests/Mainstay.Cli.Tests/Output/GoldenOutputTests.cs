using Mainstay.Cli.Output;
using Mainstay.Contracts;
using Mainstay.Testing;

namespace Mainstay.Cli.Tests.Output;

public sealed class GoldenOutputTests : CommandTest
{
    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(140)]
    public void Status_at_a_width(int width)
    {
        var lines = StatusText.Render(Samples.Status, new(new ManualTimeProvider(new(2026, 1, 31, 13, 55, 0, TimeSpan.Zero))), width, Palette.None);

        Assert.All(lines, line => Assert.True(line.Length <= width, $"{line.Length} > {width}: {line}"));
        Golden.Match(string.Join('\n', lines) + "\n", $"status-{width}.txt");
    }

    [Fact]
    public async Task Status_through_a_pipe_has_one_line_per_instance()
    {
        await using var daemon = FakeDaemon.Start(Home, e => e.JsonAsync(200, Samples.Status, WireJson.Default.StatusDocument));

        var result = await RunAsync("status");

        Assert.Equal(0, result.Code);
        Golden.Match(result.Out, "status-pipe.txt");
    }

    [Fact]
    public async Task Status_as_json_is_the_daemons_document()
    {
        await using var daemon = FakeDaemon.Start(Home, e => e.JsonAsync(200, Samples.Status, WireJson.Default.StatusDocument));

        Golden.Match((await RunAsync("status", "--json")).Out, "status.json");
    }

    [Fact]
    public void A_failure_report() => Golden.Match(string.Join('\n', ReportText.Of(Samples.Failure, Palette.None)) + "\n", "failure.txt");

    [Fact]
    public void Help()
    {
        Golden.Match(Syntax.HelpText(null), "help.txt");
        Golden.Match(Syntax.HelpText("logs"), "help-logs.txt");
    }

    [Fact]
    public async Task Colours_are_for_terminals_that_want_them()
    {
        await using var daemon = FakeDaemon.Start(Home, e => e.JsonAsync(200, Samples.Status, WireJson.Default.StatusDocument));

        Assert.DoesNotContain('\x1b', (await RunAsync("status")).Out);
        IsTerminal = true;
        Assert.Contains("\x1b[32mrunning", (await RunAsync("status")).Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', (await RunAsync("status", "--no-color")).Out);
        Assert.DoesNotContain('\x1b', (await RunAsync("status", "--json")).Out);
        Environment["NO_COLOR"] = "1";
        Assert.DoesNotContain('\x1b', (await RunAsync("status")).Out);
    }

    private static class Syntax
    {
        public static string HelpText(string? verb) => Cli.Syntax.HelpText.Of(verb is null ? null : Cli.Syntax.VerbTable.Find(verb));
    }
}
