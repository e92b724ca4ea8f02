using System.Text;

namespace Mainstay.SegmentLog.Tests;

public sealed class DurableLogTests : IDisposable
{
    private readonly LogFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_appended_is_there_in_order_after_the_log_is_opened_again()
    {
        await using (var log = _folder.Open())
        {
            Assert.Equal(0, await log.AppendAsync("call-1"u8.ToArray(), "{}"u8.ToArray(), "one"u8.ToArray(), TestContext.Current.CancellationToken));
            Assert.Equal(1, await LogFolder.AppendAsync(log, "two"));
        }

        await using var again = _folder.Open();
        Assert.Equal((2, 0, ""), (again.Opening.Records, again.Opening.TornBytes, again.Opening.Because));
        Assert.Equal(2, await LogFolder.AppendAsync(again, ""));
        Assert.Equal(["one", "two", ""], LogFolder.Texts(again));
        var first = again.Read(0).First();
        Assert.Equal(("call-1", "{}", _folder.Clock.GetUtcNow()), (Encoding.UTF8.GetString(first.Key.Span), Encoding.UTF8.GetString(first.Headers.Span), first.At));
    }

    [Fact]
    public async Task Several_that_are_appended_together_are_stored_side_by_side_or_not_at_all()
    {
        await using var log = _folder.Open(new(SegmentBytes: 4096, MaxBytes: 4096, WhenFull: FullPolicy.Reject));
        var entries = Enumerable.Range(0, 3).Select(i => new LogEntry("k"u8.ToArray(), default, Encoding.UTF8.GetBytes($"{i}"))).ToArray();
        Assert.Equal(0, await log.AppendAsync(entries, TestContext.Current.CancellationToken));
        Assert.Equal(3, await LogFolder.AppendAsync(log, "behind"));

        var large = new LogEntry("k"u8.ToArray(), default, new byte[4000]);
        await Assert.ThrowsAsync<LogFullException>(() => log.AppendAsync(new[] { entries[0], large }, TestContext.Current.CancellationToken));

        Assert.Equal(["0", "1", "2", "behind"], LogFolder.Texts(log));
    }

    [Fact]
    public async Task Many_at_once_get_an_offset_each_and_keep_the_order_of_one_writer()
    {
        await using var log = _folder.Open(new(SegmentBytes: 64 * 1024, MaxPendingBytes: 16 * 1024));
        var writers = Enumerable.Range(0, 8).Select(async writer =>
        {
            var offsets = new List<Task<long>>();
            for (var i = 0; i < 2_000; i++)
            {
                offsets.Add(LogFolder.AppendAsync(log, $"{i}", $"writer-{writer}"));
            }

            return await Task.WhenAll(offsets);
        });

        var offsets = (await Task.WhenAll(writers)).SelectMany(o => o).Order().ToArray();

        Assert.Equal(Enumerable.Range(0, 16_000).Select(i => (long)i), offsets);
        Assert.True(_folder.Segments.Length > 5);
        foreach (var one in log.Read(0).GroupBy(r => Encoding.UTF8.GetString(r.Key.Span)))
        {
            Assert.Equal(Enumerable.Range(0, 2_000).Select(i => $"{i}"), one.Select(r => Encoding.UTF8.GetString(r.Payload.Span)));
        }
    }

    [Fact]
    public async Task Whoever_follows_hears_of_each_record_from_where_it_was()
    {
        await using var log = _folder.Open();
        await LogFolder.AppendAsync(log, "before");
        using var enough = new CancellationTokenSource();
        var heard = new List<string>();
        var following = Task.Run(async () =>
        {
            await foreach (var record in log.FollowAsync(0, enough.Token))
            {
                heard.Add(Encoding.UTF8.GetString(record.Payload.Span));
                if (heard.Count == 3)
                {
                    return;
                }
            }
        }, TestContext.Current.CancellationToken);

        await LogFolder.AppendAsync(log, "meanwhile");
        await LogFolder.AppendAsync(log, "after");
        await following;

        Assert.Equal(["before", "meanwhile", "after"], heard);
    }

    [Fact]
    public async Task Reading_begins_anywhere_also_far_inside_a_segment()
    {
        await using var log = _folder.Open(new(SegmentBytes: 4 << 20));
        for (var i = 0; i < 3_000; i++)
        {
            _ = LogFolder.AppendAsync(log, $"{i:D200}");
        }

        await LogFolder.AppendAsync(log, "last");

        Assert.Equal($"{2_345:D200}", LogFolder.Texts(log, 2_345)[0]);
        Assert.Equal(["last"], LogFolder.Texts(log, 3_000));
        Assert.Empty(LogFolder.Texts(log, 3_001));
    }

    [Fact]
    public async Task A_group_remembers_how_far_it_came()
    {
        await using (var log = _folder.Open())
        {
            Assert.Equal(0, log.Group("asr").Position);
            log.Group("asr").Commit(17);
            Assert.Throws<ArgumentException>(() => log.Group("../asr"));
        }

        await using var again = _folder.Open();
        Assert.Equal(17, again.Group("asr").Position);
    }

    [Fact]
    public async Task A_second_owner_is_refused()
    {
        await using var log = _folder.Open();
        Assert.Throws<LogInUseException>(() => _folder.Open());
    }

    [Fact]
    public async Task What_was_appended_before_the_end_is_stored()
    {
        var log = _folder.Open();
        var stored = Enumerable.Range(0, 1_000).Select(i => LogFolder.AppendAsync(log, $"{i}")).ToArray();
        await log.DisposeAsync();

        Assert.Equal(999, (await Task.WhenAll(stored)).Max());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => LogFolder.AppendAsync(log, "late"));
    }
}
