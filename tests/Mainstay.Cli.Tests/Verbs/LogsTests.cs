using Mainstay.Contracts;
using Mainstay.Contracts.Logs;

namespace Mainstay.Cli.Tests.Verbs;

public sealed class LogsTests : CommandTest
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Without_a_daemon_exactly_the_newest_lines_are_shown_in_order()
    {
        WriteLog("api", 100, "api-1");
        WriteLog("web", 100, "web-1");

        var result = await RunAsync("logs", "-n", "3");

        Assert.Equal(0, result.Code);
        Assert.Equal(
            "2026-01-31T12:01:38.500Z web-1 out line 98\n2026-01-31T12:01:39.000Z api-1 out line 99\n2026-01-31T12:01:39.500Z web-1 out line 99\n",
            result.Out);
    }

    [Fact]
    public async Task One_instance_can_be_named()
    {
        WriteLog("api", 10, "api-1", "api-2");

        var result = await RunAsync("logs", "api-2", "-n2", "--json");

        Assert.Equal(2, result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(l => l.Contains("\"instance\":\"api-2\"", StringComparison.Ordinal)));
        Assert.DoesNotContain("api-1", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_and_instances_can_be_named_together()
    {
        WriteLog("api", 4, "api-1", "api-2");
        WriteLog("web", 4, "web-1", "web-2");

        var lines = (await RunAsync("logs", "web", "api-2", "-n", "100")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(4, lines.Count(l => l.Contains(" web-", StringComparison.Ordinal)));
        Assert.Equal(2, lines.Count(l => l.Contains(" api-2 ", StringComparison.Ordinal)));
        Assert.Equal(6, lines.Length);
    }

    [Fact]
    public async Task An_instance_that_never_wrote_is_named_in_the_answer()
    {
        WriteLog("api", 4, "api-1");

        Assert.StartsWith("no log line of api-7 in ", (await RunAsync("logs", "api-7")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Since_takes_a_time()
    {
        WriteLog("api", 100, "api-1");

        var result = await RunAsync("logs", "--since", "2026-01-31T12:01:38Z");

        Assert.Equal(2, result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_service_without_logs_is_a_mistake_that_names_the_nearest()
    {
        WriteLog("api", 1, "api-1");

        var result = await RunAsync("logs", "apu");

        Assert.Equal(ExitCode.WrongUsage, result.Exit);
        Assert.Contains("did you mean \"api\"?", result.Error, StringComparison.Ordinal);
        Assert.Contains("there are logs of: api", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Following_ends_with_Ctrl_C_and_is_a_success()
    {
        WriteLog("api", 1, "api-1");
        using var interrupt = new CancellationTokenSource();
        Interrupted = interrupt.Token;
        using var output = new SignallingWriter("line 0");

        var command = CliRole.RunAsync(["logs", "-f"], HostFor(output, TextWriter.Null));
        await output.Seen;
        await interrupt.CancelAsync();

        Assert.Equal(0, await command);
    }

    [Fact]
    public async Task A_terminal_is_not_at_the_mercy_of_what_services_write()
    {
        Directory.CreateDirectory(Home.ServiceLogs("api"));
        await File.WriteAllTextAsync(
            new LogFolder(Home.ServiceLogs("api")).Current,
            LogLine.Format(new(Noon, "api-1", LogStream.Out, "\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u001b[2J wiped")) + "\n",
            TestContext.Current.CancellationToken);
        IsTerminal = true;

        var result = await RunAsync("logs");

        Assert.Contains("\u001b[31mred", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b]0", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u0007', result.Out);
    }

    [Theory]
    [InlineData("-n", "many")]
    [InlineData("--since", "yesterdayish")]
    public async Task Wrong_values_are_exit_2(string option, string value)
    {
        Assert.Equal(ExitCode.WrongUsage, (await RunAsync("logs", option, value)).Exit);
    }

    /// <summary>Line i at second i; services that are later in the alphabet half a second later.</summary>
    private void WriteLog(string service, int lines, params string[] instances)
    {
        var folder = new LogFolder(Home.ServiceLogs(service));
        Directory.CreateDirectory(folder.Path);
        var shift = service == "web" ? 0.5 : 0;
        File.WriteAllLines(folder.Current, Enumerable.Range(0, lines).Select(i => LogLine.Format(new(Noon.AddSeconds(i + shift), instances[i % instances.Length], LogStream.Out, $"line {i}"))));
    }
}
