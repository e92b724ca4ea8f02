using System.Text;

namespace Mainstay.SegmentLog.Tests;

/// <summary>A log is read by somebody else while its process writes it.</summary>
public sealed class LogReaderTests : IDisposable
{
    private static readonly LogOptions s_small = new(SegmentBytes: 4096, MaxBytes: 20_000);

    private readonly LogFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_written_is_read_while_the_log_is_open_and_afterwards()
    {
        using var reader = new LogReader(_folder.Path);
        Assert.Null(reader.Next());
        await using (var log = _folder.Open())
        {
            Assert.Null(reader.Next());
            await LogFolder.AppendAsync(log, "one");
            await LogFolder.AppendAsync(log, "two", "other");
            Assert.Equal(["one", "two"], Texts(reader));
            await LogFolder.AppendAsync(log, "three");
            Assert.Equal(["three"], Texts(reader));
        }

        await using var again = _folder.Open();
        await LogFolder.AppendAsync(again, "four");
        Assert.Equal(["four"], Texts(reader));
        using var second = new LogReader(_folder.Path, 2);
        Assert.Equal(["three", "four"], Texts(second));
    }

    [Fact]
    public async Task A_concurrent_writer_s_records_come_whole_in_order_and_through_all_segments()
    {
        const int count = 3000;
        await using var log = _folder.Open(new(SegmentBytes: 8192));
        using var reader = new LogReader(_folder.Path);
        var writing = Task.Run(async () =>
        {
            var pending = new List<Task>();
            for (var i = 0; i < count; i++)
            {
                pending.Add(LogFolder.AppendAsync(log, $"{i} {new string('x', i % 300)}"));
                if (i % 100 == 0)
                {
                    // What goes to disk together lies in one segment, however large.
                    await Task.WhenAll(pending);
                }
            }

            await Task.WhenAll(pending);
        }, TestContext.Current.CancellationToken);

        List<string> read = [];
        while (read.Count < count && !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            read.AddRange(Texts(reader));
        }

        await writing;
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i} {new string('x', i % 300)}"), read);
        Assert.True(_folder.Segments.Length > 10);
    }

    [Fact]
    public async Task An_unfinished_end_is_no_record_until_it_is_whole()
    {
        await using (var log = _folder.Open())
        {
            await LogFolder.AppendAsync(log, "one");
            await LogFolder.AppendAsync(log, "two");
        }

        var whole = await File.ReadAllBytesAsync(_folder.Segments[0], TestContext.Current.CancellationToken);
        var end = whole.Length - RecordFormat.SizeOf(1, 0, 3);
        for (var cut = end; cut < whole.Length; cut++)
        {
            await File.WriteAllBytesAsync(_folder.Segments[0], whole[..cut], TestContext.Current.CancellationToken);
            using var reader = new LogReader(_folder.Path);
            Assert.Equal(["one"], Texts(reader));

            await File.WriteAllBytesAsync(_folder.Segments[0], whole, TestContext.Current.CancellationToken);
            Assert.Equal(["two"], Texts(reader));
        }
    }

    [Fact]
    public async Task What_retention_removes_is_told_of_and_reading_goes_on_with_the_oldest_that_is_there()
    {
        await using var log = _folder.Open(s_small);
        using var reader = new LogReader(_folder.Path);
        List<(long From, long Next)> missed = [];
        reader.Missed = (from, next, _) => missed.Add((from, next));
        await LogFolder.AppendAsync(log, "0");
        Assert.Equal(["0"], Texts(reader));

        for (var i = 1; i < 500; i++)
        {
            await LogFolder.AppendAsync(log, $"{i} {new string('x', 200)}");
        }

        var rest = Texts(reader);

        // The segment that it had open was still readable to its end.
        Assert.Equal("1", rest[0].Split(' ')[0]);
        Assert.Equal("499", rest[^1].Split(' ')[0]);
        var gap = Assert.Single(missed);
        Assert.Equal(499, rest.Length + (gap.Next - gap.From));

        using var late = new LogReader(_folder.Path);
        Assert.Equal(log.First, late.Next()!.Offset);
    }

    [Fact]
    public async Task A_damaged_record_costs_the_rest_of_its_segment_once_there_is_a_later_one()
    {
        await using (var log = _folder.Open(s_small))
        {
            for (var i = 0; i < 40; i++)
            {
                await LogFolder.AppendAsync(log, $"{i} {new string('x', 200)}");
            }
        }

        var bytes = await File.ReadAllBytesAsync(_folder.Segments[0], TestContext.Current.CancellationToken);
        bytes[600] ^= 1;
        await File.WriteAllBytesAsync(_folder.Segments[0], bytes, TestContext.Current.CancellationToken);
        using var reader = new LogReader(_folder.Path);
        List<(long From, long Next)> missed = [];
        reader.Missed = (from, next, _) => missed.Add((from, next));

        var read = Texts(reader);

        var gap = Assert.Single(missed);
        Assert.Equal(40, read.Length + (gap.Next - gap.From));
        Assert.Equal("39", read[^1].Split(' ')[0]);
    }

    [Fact]
    public async Task A_time_leads_to_a_segment_that_no_later_record_lies_before()
    {
        await using var log = _folder.Open(s_small);
        var moment = _folder.Clock.GetUtcNow();
        for (var i = 0; i < 60; i++)
        {
            moment = i == 30 ? _folder.Clock.GetUtcNow() : moment;
            await LogFolder.AppendAsync(log, $"{i} {new string('x', 200)}");
            _folder.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var near = LogReader.Near(_folder.Path, moment);

        Assert.InRange(near, 1, 30);
        Assert.Equal(0, LogReader.Near(_folder.Path, DateTimeOffset.UnixEpoch));
    }

    private static string[] Texts(LogReader reader)
    {
        List<string> texts = [];
        while (reader.Next() is { } record)
        {
            texts.Add(Encoding.UTF8.GetString(record.Payload.Span));
        }

        return [.. texts];
    }
}
