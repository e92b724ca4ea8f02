using System.Text.Json.Nodes;
using Mainstay.Harness;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Running;

public sealed class LogTests
{
    private static string Manifest(string script, string more = "") =>
        $"stack: logs\nservices:\n  say: {{ command: [ sh, -c, '{script}' ]{more} }}\n";

    [Fact]
    public async Task Each_line_is_kept_with_its_time_and_stream()
    {
        await using var home = MainstayHome.Create(Manifest("echo to out; echo to err >&2; printf \"no newline\"; sleep 1000"));
        await home.UpAsync();
        await home.LogsShowAsync("say", "to err");

        var lines = (await home.RunAsync("logs", "say", "--json", "-n", "10")).MustExit(0).Out
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!.AsObject()).ToList();

        var (to_out, to_err) = (Line("to out"), Line("to err"));
        Assert.Equal(("out", "err"), (to_out["stream"]!.GetValue<string>(), to_err["stream"]!.GetValue<string>()));
        Assert.Equal("say-1", to_out["instance"]!.GetValue<string>());
        var age = TimeProvider.System.GetUtcNow() - to_out["at"]!.GetValue<DateTimeOffset>();
        Assert.InRange(age, TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1));

        JsonObject Line(string text) => lines.Single(l => l["text"]!.GetValue<string>() == text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(250)]
    public async Task Logs_with_n_shows_exactly_n_lines_the_last_ones(int count)
    {
        // Lines longer than any guess of a line's length: the count must not come from a byte estimate.
        await using var home = MainstayHome.Create(Manifest("seq -f \"%05g $(head -c 3000 /dev/zero | tr \"\\\\000\" x)\" 1 300; exec sleep 1000"));
        await home.UpAsync();
        await home.LogsShowAsync("say", "00300 x");

        var lines = await home.LogsAsync("say", count);

        Assert.Equal(count, lines.Length);
        Assert.Contains("00300 x", lines[^1], StringComparison.Ordinal);
        Assert.Contains($"{301 - count:00000} x", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Following_shows_new_lines_as_they_come_and_ends_with_the_reader()
    {
        await using var home = MainstayHome.Create(Manifest("n=0; while :; do n=$((n+1)); echo line $n.; sleep 0.05; done"));
        await home.UpAsync();

        await using var follow = home.Start("logs", "say", "-f");

        await Eventually.TrueAsync("lines flow", () => follow.Out.Contains("line 20.", StringComparison.Ordinal));
        follow.Send(Signal.Term);
        await Eventually.TrueAsync("the reader ends", () => follow.HasExited, TimeSpan.FromSeconds(3));
        Assert.Equal("running", (await home.StatusAsync())["say"].State);
    }

    [Fact]
    public async Task Following_into_a_pipe_ends_when_the_other_end_has_seen_enough()
    {
        await using var home = MainstayHome.Create(Manifest("n=0; while :; do n=$((n+1)); echo line $n.; sleep 0.05; done"));
        await home.UpAsync();

        var shell = await Child.RunAsync("/bin/sh", ["-c", $"{MainstayProgram.Path} logs -f | head -1"], home.Folder, [("MAINSTAY_HOME", home.Home)], TimeSpan.FromSeconds(10));

        Assert.Single(shell.MustExit(0).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Rotation_keeps_the_logs_within_their_declared_size_and_the_newest_lines()
    {
        await using var home = MainstayHome.Create(Manifest("seq -f \"line %07g\" 1 200000; exec sleep 1000", ", logs: { max_size: 200KB, max_files: 3 }"));
        await home.UpAsync();
        await home.LogsShowAsync("say", "line 0200000");

        var bytes = new DirectoryInfo(Path.Combine(home.Home, "logs")).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(f => f.FullName.Contains("say", StringComparison.Ordinal)).Sum(f => f.Length);

        Assert.InRange(bytes, 200_000, 1_000_000);
        var lines = await home.LogsAsync("say", 3000);
        Assert.Equal(3000, lines.Length);
        Assert.Contains("line 0197001", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_stopped_reading_holds_up_neither_the_service_nor_the_daemon()
    {
        await using var home = MainstayHome.Create(Manifest("echo ready; sleep 1; seq -f \"line %07g\" 1 300000; echo all said; exec sleep 1000"));
        await home.UpAsync();
        await using var reader = home.Start("logs", "say", "-f");
        await Eventually.TrueAsync("the reader reads", () => reader.Out.Length > 0);
        reader.Send(Signal.Stop);
        var daemon = (await home.StatusAsync()).Daemon.Pid;
        var before = ProcFs.ResidentBytes(daemon);

        await home.LogsShowAsync("say", "all said");

        Assert.InRange(ProcFs.ResidentBytes(daemon) - before, long.MinValue, 20_000_000);
        reader.Send(Signal.Kill);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_and_endless_lines_do_not_stop_the_log()
    {
        await using var home = MainstayHome.Create(Manifest("head -c 3000000 /dev/zero; printf \"\\\\377\\\\376 odd\\\\n\"; echo after; exec sleep 1000"));
        await home.UpAsync();

        await home.LogsShowAsync("say", "after");
    }
}
