using System.Collections.Immutable;
using Mainstay.Contracts.Logs;

namespace Mainstay.Contracts.Tests.Logs;

public sealed class LogTailTests : IDisposable
{
    private readonly LogFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(7, 7)]
    [InlineData(30, 30)]
    [InlineData(31, 30)]
    [InlineData(1_000_000, 30)]
    public async Task Asked_for_the_last_N_lines_it_gives_exactly_N_or_all_there_are(int asked, int given)
    {
        for (var i = 0; i < 30; i++)
        {
            _files.Write("api", LogFiles.Record(i));
            if (i % 7 == 6)
            {
                _files.Rotate("api");
            }
        }

        Assert.Equal(Enumerable.Range(30 - given, given).Select(i => $"line {i}"), (await ReadAsync(new(["api"], Last: asked))).Select(r => r.Text));
    }

    [Fact]
    public async Task Lines_of_three_kilobytes_are_counted_as_lines()
    {
        _files.Write("api", Enumerable.Range(0, 500).Select(i => LogFiles.Record(i, padding: new string('x', 3000))));

        Assert.Equal(Enumerable.Range(480, 20).Select(i => LogFiles.Record(i).At), (await ReadAsync(new(["api"], Last: 20))).Select(r => r.At));
    }

    [Fact]
    public async Task Lines_as_long_as_the_format_allows_are_read_in_both_directions()
    {
        _files.Write("api", Enumerable.Range(0, 5).Select(i => new LogRecord(LogFiles.Start, "api-1", LogStream.Out, new string((char)('a' + i), LogLine.MaxTextBytes))));

        Assert.Equal("abcde", string.Concat((await ReadAsync(new(["api"]))).Select(r => r.Text[^1])));
        Assert.Equal("cde", string.Concat((await ReadAsync(new(["api"], Last: 3))).Select(r => r.Text[0])));
        Assert.All(await ReadAsync(new(["api"])), r => Assert.Equal(LogLine.MaxTextBytes, r.Text.Length));
    }

    [Fact]
    public async Task The_last_lines_of_several_services_are_the_newest_of_all_in_order_of_time()
    {
        _files.Write("api", LogFiles.Record(1), LogFiles.Record(4), LogFiles.Record(5));
        _files.Write("web", LogFiles.Record(2, "web-1"), LogFiles.Record(3, "web-1"), LogFiles.Record(6, "web-1"));
        _files.Write("old", LogFiles.Record(0, "old-1"));

        Assert.Equal(["line 3", "line 4", "line 5", "line 6"], (await ReadAsync(new([], Last: 4))).Select(r => r.Text));
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"line {i}"), (await ReadAsync(new([]))).Select(r => r.Text));
    }

    [Fact]
    public async Task One_instance_can_be_asked_for()
    {
        _files.Write("api", Enumerable.Range(0, 40).Select(i => LogFiles.Record(i, $"api-{1 + (i % 2)}")));

        Assert.Equal(["line 35", "line 37", "line 39"], (await ReadAsync(new(["api"], ["api-2"], Last: 3))).Select(r => r.Text));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(2500)]
    [InlineData(2999)]
    [InlineData(3000)]
    public async Task Since_gives_every_line_from_then_on_and_none_before(int since)
    {
        for (var file = 0; file < 3; file++)
        {
            _files.Write("api", Enumerable.Range(file * 1000, 1000).Select(i => LogFiles.Record(i, padding: new string('.', 300))));
            if (file < 2)
            {
                _files.Rotate("api");
            }
        }

        var at = LogFiles.Record(since).At;
        Assert.Equal(Enumerable.Range(since, 3000 - since).Select(i => LogFiles.Record(i).At), (await ReadAsync(new(["api"], Since: at))).Select(r => r.At));
        Assert.Equal(Math.Min(10, 3000 - since), (await ReadAsync(new(["api"], Since: at, Last: 10))).Count);
    }

    [Fact]
    public async Task A_line_that_is_being_written_is_not_shown_by_half()
    {
        _files.Write("api", LogFiles.Record(1));
        _files.Append("api", "2026-11-22T07:00:00.002000Z api-1 out li");

        Assert.Equal(["line 1"], (await ReadAsync(new(["api"], Last: 5))).Select(r => r.Text));
        Assert.Equal(["line 1"], (await ReadAsync(new(["api"]))).Select(r => r.Text));
    }

    [Fact]
    public async Task A_foreign_line_is_shown_where_it_stands()
    {
        _files.Write("api", LogFiles.Record(1));
        _files.Append("api", "torn by a power cut\n");
        _files.Write("api", LogFiles.Record(2));

        Assert.Equal(["torn by a power cut", "line 2"], (await ReadAsync(new(["api"], Last: 2))).Select(r => r.Text));
    }

    [Fact]
    public async Task No_logs_are_no_lines()
    {
        Assert.Empty(await ReadAsync(new([])));
        Assert.Empty(await ReadAsync(new(["nobody"], Last: 3)));
    }

    [Fact]
    public async Task What_comes_while_reading_the_last_N_lines_is_left_to_a_follower()
    {
        _files.Write("api", Enumerable.Range(0, 10).Select(i => LogFiles.Record(i)));
        var tail = new LogTail(_files.Home, TimeProvider.System);
        var read = new List<string>();
        await foreach (var record in tail.ReadAsync(new(["api"], Last: 3), TestContext.Current.CancellationToken))
        {
            _files.Write("api", LogFiles.Record(100 + read.Count));
            read.Add(record.Text);
        }

        Assert.Equal(["line 7", "line 8", "line 9"], read);
    }

    private async Task<List<LogRecord>> ReadAsync(LogQuery query)
    {
        var read = new List<LogRecord>();
        await foreach (var record in new LogTail(_files.Home, TimeProvider.System).ReadAsync(query, TestContext.Current.CancellationToken))
        {
            read.Add(record);
        }

        return read;
    }
}
