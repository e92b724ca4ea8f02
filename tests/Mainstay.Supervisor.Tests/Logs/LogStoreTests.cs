using System.Collections.Immutable;
using System.Text;
using Mainstay.Contracts;
using Mainstay.Contracts.Logs;
using Mainstay.Linux.Files;
using Mainstay.Linux.Polling;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Logs;
using Mainstay.Supervisor.Ports;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Supervisor.Tests.Logs;

public sealed class LogStoreTests : IAsyncLifetime
{
    private static readonly ServiceName Api = new("api");

    private readonly HomeLayout _home = new(Directory.CreateTempSubdirectory("mainstay-store-").FullName);
    private readonly EventLoop _loop = new(e => Assert.Fail(e.ToString()));
    private LogStore _store = null!;

    public ValueTask InitializeAsync()
    {
        _store = NewStore();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _loop.Dispose();
        Directory.Delete(_home.Root, recursive: true);
    }

    [Fact]
    public async Task What_a_process_printed_is_in_its_log_when_the_capture_has_finished()
    {
        var capture = Capture("r1");
        using (var stdout = Open(capture.StdoutFifo))
        using (var stderr = Open(capture.StderrFifo))
        {
            stdout.Write("one\ntwo\n"u8);
            stderr.Write("oops\nno end"u8);
        }

        await capture.FinishAsync(Token);

        var lines = await ReadAsync();
        Assert.Equal(["one", "two"], lines.Where(l => l.Stream is LogStream.Out).Select(l => l.Text));
        Assert.Equal(["oops", "no end"], lines.Where(l => l.Stream is LogStream.Err).Select(l => l.Text));
        Assert.All(lines, l => Assert.Equal("api-1", l.Instance));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_home.Pipes));
    }

    [Fact]
    public async Task The_newest_lines_are_remembered()
    {
        var capture = Capture("r1");
        using (var stdout = Open(capture.StdoutFifo))
        {
            stdout.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i}\n"))));
        }

        await capture.FinishAsync(Token);

        Assert.Equal(["line 498", "line 499"], capture.LastLines(2).Select(l => l.Text));
        Assert.Equal(100, capture.LastLines(1000).Length);
    }

    [Fact]
    public async Task A_grandchild_that_holds_the_pipe_keeps_nobody()
    {
        var capture = Capture("r1");
        using var held = Open(capture.StdoutFifo);
        held.Write("last words\n"u8);

        await capture.FinishAsync(Token);

        Assert.Equal("last words", Assert.Single(await ReadAsync()).Text);
    }

    [Fact]
    public async Task Rotation_keeps_every_line_whole_and_deletes_only_the_oldest()
    {
        var capture = Capture("r1", new LogsSpec(MaxSize: 4000, MaxFiles: 3));
        using (var stdout = Open(capture.StdoutFifo))
        {
            stdout.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(i => $"line {i}\n"))));
        }

        await capture.FinishAsync(Token);

        var folder = new LogFolder(_home.ServiceLogs("api"));
        var lines = await ReadAsync();
        Assert.Equal(2, folder.Numbers().Length);
        Assert.All(Directory.GetFiles(folder.Path, "*.log"), f => Assert.InRange(new FileInfo(f).Length, 1, 4000));
        Assert.Equal(Enumerable.Range(1000 - lines.Count, lines.Count).Select(i => $"line {i}"), lines.Select(l => l.Text));
    }

    [Fact]
    public async Task One_file_means_one_file()
    {
        var capture = Capture("r1", new LogsSpec(MaxSize: 2000, MaxFiles: 1));
        using (var stdout = Open(capture.StdoutFifo))
        {
            stdout.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(i => $"line {i}\n"))));
        }

        await capture.FinishAsync(Token);

        Assert.Equal("current.log", Path.GetFileName(Assert.Single(Directory.GetFiles(_home.ServiceLogs("api"), "*.log"))));
        Assert.Equal("line 299", (await ReadAsync())[^1].Text);
    }

    [Fact]
    public async Task The_next_daemon_goes_on_where_the_last_one_stopped_and_knows_the_newest_lines()
    {
        var first = Capture("r1");
        using var stdout = Open(first.StdoutFifo);
        stdout.Write("one\nhal"u8);
        await AppearsAsync("one");
        await _store.DisposeAsync();
        stdout.Write("f\ntwo\n"u8);

        _store = NewStore();
        var second = Capture("r1");
        await second.FinishAsync(Token);

        Assert.Equal(["one", "half", "two"], (await ReadAsync()).Select(l => l.Text));
        Assert.Equal(["one", "half", "two"], second.LastLines(10).Select(l => l.Text));
    }

    [Fact]
    public async Task What_an_ended_run_left_is_swept_into_its_log()
    {
        var capture = Capture("r1");
        using (var stdout = Open(capture.StdoutFifo))
        {
            stdout.Write("one\nno end"u8);
            await AppearsAsync("one");
        }

        await _store.DisposeAsync();
        _store = NewStore();
        var running = Capture("r2");
        await _store.SweepAsync([], Token);

        Assert.Equal(["one", "no end"], (await ReadAsync()).Select(l => l.Text));
        Assert.Equal(2, Directory.GetFiles(_home.Pipes).Count(f => Path.GetFileName(f) is "r2.out" or "r2.err"));
        Assert.DoesNotContain(Directory.GetFiles(_home.Pipes), f => Path.GetFileName(f).StartsWith("r1.", StringComparison.Ordinal));
        await running.FinishAsync(Token);
    }

    [Fact]
    public async Task A_leftover_that_cannot_be_read_keeps_no_other_from_the_sweep()
    {
        var (bad, good) = (Capture("r1"), Capture("r2"));
        using (var stdout = Open(bad.StdoutFifo))
        {
            stdout.Write("bad\n"u8);
            await AppearsAsync("bad");
        }

        using (var stdout = Open(good.StdoutFifo))
        {
            stdout.Write("good\nno end"u8);
            await AppearsAsync("good");
        }

        await _store.DisposeAsync();
        File.Delete(bad.StdoutFifo);
        await File.WriteAllTextAsync(bad.StdoutFifo, "no pipe", Token);
        _store = NewStore();
        await _store.SweepAsync([], Token);

        Assert.Contains("no end", (await ReadAsync()).Select(l => l.Text));
        Assert.DoesNotContain(Directory.GetFiles(_home.Pipes), f => Path.GetFileName(f).StartsWith("r2.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Remarks_stand_between_the_lines_of_the_service()
    {
        var capture = Capture("r1");
        using (var stdout = Open(capture.StdoutFifo))
        {
            stdout.Write("one\n"u8);
        }

        await capture.FinishAsync(Token);
        _store.Remark(Api, "api-1", LogsSpec.Default, "exited with code 1\nafter 3 s");
        await _store.DisposeAsync();

        var lines = await ReadAsync();
        Assert.Equal([(LogStream.Out, "one"), (LogStream.Sys, "exited with code 1"), (LogStream.Sys, "after 3 s")], lines.Select(l => (l.Stream, l.Text)));
    }

    [Fact]
    public async Task A_log_that_was_removed_by_hand_is_made_anew()
    {
        var capture = Capture("r1");
        using (var stdout = Open(capture.StdoutFifo))
        {
            stdout.Write("one\n"u8);
            await AppearsAsync("one");
        }

        await capture.FinishAsync(Token);
        Directory.Delete(_home.ServiceLogs("api"), recursive: true);

        var next = Capture("r2");
        using (var stdout = Open(next.StdoutFifo))
        {
            stdout.Write("two\n"u8);
        }

        await next.FinishAsync(Token);
        Assert.Equal("two", Assert.Single(await ReadAsync()).Text);
    }

    [Fact]
    public async Task Many_services_at_once_lose_nothing()
    {
        var captures = Enumerable.Range(0, 20).Select(i => _store.Capture(new ServiceName($"s{i}"), $"s{i}-1", $"r{i}", LogsSpec.Default, null)).ToList();
        await Task.WhenAll(captures.Select(capture => Task.Run(
            async () =>
            {
                using var stdout = Open(capture.StdoutFifo);
                for (var i = 0; i < 500; i++)
                {
                    stdout.Write(Encoding.UTF8.GetBytes($"line {i}\n"));
                }

                await capture.FinishAsync(Token);
            },
            Token)));

        for (var i = 0; i < captures.Count; i++)
        {
            Assert.Equal(Enumerable.Range(0, 500).Select(n => $"line {n}"), (await ReadAsync($"s{i}")).Select(l => l.Text));
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private LogStore NewStore() => new(_home, _loop, TimeProvider.System, NullLogger<LogStore>.Instance);

    private ILogCapture Capture(string runId, LogsSpec? limits = null) => _store.Capture(Api, "api-1", runId, limits ?? LogsSpec.Default, null);

    /// <summary>As a child's stdout: both ends, and writes wait for room.</summary>
    private static FileStream Open(string fifo) => new(fifo, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0);

    /// <summary>Waits until the daemon has taken a line, without a clock.</summary>
    private async Task AppearsAsync(string text)
    {
        await foreach (var record in new LogTail(_home, TimeProvider.System).ReadAsync(new(["api"], Follow: true), Token))
        {
            if (record.Text == text)
            {
                return;
            }
        }
    }

    private async Task<List<LogRecord>> ReadAsync(string service = "api")
    {
        var read = new List<LogRecord>();
        await foreach (var record in new LogTail(_home, TimeProvider.System).ReadAsync(new([service]), Token))
        {
            read.Add(record);
        }

        return read;
    }
}
