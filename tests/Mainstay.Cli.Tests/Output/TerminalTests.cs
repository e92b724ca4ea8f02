using Mainstay.Cli.Output;
using Mainstay.Cli.Syntax;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Testing;

namespace Mainstay.Cli.Tests.Output;

public sealed class TerminalTests : CommandTest
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_live_display_redraws_one_table_and_leaves_its_last_frame()
    {
        IsTerminal = true;
        Size = new(60, 24);
        var clock = new ManualTimeProvider(Noon);
        var display = Live(clock, out var output);

        display.Show(Step("api-10", InstancePhase.Starting, "a start was asked"));
        display.Show(Step("api-2", InstancePhase.Starting, "a start was asked"));
        clock.Advance(TimeSpan.FromSeconds(3));
        display.Tick();
        display.Show(new(Step: new(Noon, null, null, null, null, "edge serves on http://127.0.0.1:8088")));
        display.Show(Step("api-2", InstancePhase.Running, "readiness probe passed after 3.0 s, which is a long sentence for this screen"));
        display.Show(Step("api-10", InstancePhase.Backoff, "exited with code 1"));
        display.Close();

        Golden.Match(Rendered(output.ToString()), "live.txt");
    }

    [Fact]
    public void A_frame_never_exceeds_the_screen()
    {
        IsTerminal = true;
        Size = new(60, 6);
        var display = Live(new ManualTimeProvider(Noon), out var output);

        for (var i = 1; i <= 20; i++)
        {
            display.Show(Step($"api-{i}", InstancePhase.Starting, "a start was asked"));
        }

        Assert.Equal(5, Rendered(output.ToString()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.EndsWith("... and 16 more\n", Rendered(output.ToString()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_shows_the_status_until_q_and_gives_the_screen_back()
    {
        await using var daemon = FakeDaemon.Start(Home, e => e.JsonAsync(200, Samples.Status, WireJson.Default.StatusDocument));
        IsTerminal = true;
        Size = new(140, 40);
        var output = new StringWriter();
        var drawn = new TaskCompletionSource();
        var host = HostFor(output, TextWriter.Null) with
        {
            ReadKey = async token =>
            {
                // Pressed once a whole frame is there.
                while (!output.ToString().Contains("q quits", StringComparison.Ordinal))
                {
                    await Task.Yield();
                    token.ThrowIfCancellationRequested();
                }

                drawn.TrySetResult();
                return 'q';
            },
        };

        Assert.Equal(0, await CliRole.RunAsync(["top"], host));

        await drawn.Task;
        Assert.Contains("proxy-server-1", output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\x1b[?25h\x1b[?1049l", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_through_a_pipe_is_one_status()
    {
        await using var daemon = FakeDaemon.Start(Home, e => e.JsonAsync(200, Samples.Status, WireJson.Default.StatusDocument));

        Assert.Equal((await RunAsync("status")).Out, (await RunAsync("top")).Out);
    }

    [Theory]
    [InlineData("plain text\twith a tab", "plain text\twith a tab", "plain text\twith a tab")]
    [InlineData("\u001b[1;31mred\u001b[0m", "red", "\u001b[1;31mred\u001b[0m\u001b[0m")]
    [InlineData("\u001b[2J\u001b[Hwiped", "wiped", "wiped\u001b[0m")]
    [InlineData("\u001b]0;title\u0007", "\ufffd]0;title\ufffd", "\ufffd]0;title\ufffd\u001b[0m")]
    [InlineData("a\rb\u0000c\u009b31m", "a\ufffdb\ufffdc\ufffd31m", "a\ufffdb\ufffdc\ufffd31m")]
    [InlineData("cut \u001b[3", "cut \ufffd[3", "cut \ufffd[3\u001b[0m")]
    public void Control_sequences_do_not_act(string text, string plain, string coloured)
    {
        Assert.Equal(plain, Harmless.Text(text, colours: false));
        Assert.Equal(coloured, Harmless.Text(text, colours: true));
    }

    private LiveDisplay Live(TimeProvider clock, out StringWriter output)
    {
        output = new StringWriter();
        Environment["NO_COLOR"] = "1";
        return new(new Screen(HostFor(output, TextWriter.Null), json: false, noColor: false), clock);
    }

    private static OperationMessage Step(string instance, InstancePhase state, string because) =>
        new(Step: new(Noon, instance.Split('-')[0], instance, state, null, because));

    /// <summary>What stands on the screen after everything was drawn: "up n lines and clear below" takes n lines back.</summary>
    private static string Rendered(string written)
    {
        var lines = new List<string> { "" };
        for (var i = 0; i < written.Length; i++)
        {
            if (written[i] == '\x1b')
            {
                var end = written.IndexOfAny(['A', 'J'], i);
                if (written[end] == 'A')
                {
                    var up = int.Parse(written.AsSpan(i + 2, end - i - 2));
                    lines.RemoveRange(lines.Count - 1 - up, up);
                }

                i = end;
            }
            else if (written[i] == '\n')
            {
                lines.Add("");
            }
            else if (written[i] != '\r')
            {
                lines[^1] += written[i];
            }
        }

        return string.Join('\n', lines);
    }
}
