namespace Mainstay.SegmentLog.Tests;

public sealed class RetentionTests : IDisposable
{
    private static readonly string s_kilobyte = new('x', 1000);

    private readonly LogFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_log_lets_the_oldest_go_and_says_which()
    {
        await using var log = _folder.Open(new(MaxBytes: 64 * 1024));
        var dropped = new List<(long From, long To)>();
        log.Dropped = (from, to) => dropped.Add((from, to));
        for (var i = 0; i < 200; i++)
        {
            await LogFolder.AppendAsync(log, s_kilobyte);
        }

        Assert.InRange(log.Bytes, 32 * 1024, 64 * 1024 + 2048);
        Assert.Equal(0, dropped[0].From);
        Assert.All(dropped.Zip(dropped.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        Assert.Equal(log.First, dropped[^1].To);
        Assert.Equal(200 - log.First, log.Read(0).Count());
    }

    [Fact]
    public async Task A_full_log_that_must_lose_nothing_refuses_and_takes_again_when_there_is_room()
    {
        await using var log = _folder.Open(new(MaxBytes: 64 * 1024, WhenFull: FullPolicy.Reject));
        var stored = 0;
        await Assert.ThrowsAsync<LogFullException>(async () =>
        {
            for (; ; stored++)
            {
                await LogFolder.AppendAsync(log, s_kilobyte);
            }
        });

        Assert.InRange(stored, 55, 64);
        Assert.Equal(stored, log.Read(0).Count());
        log.TrimBefore(log.Next);
        Assert.Equal(stored, await LogFolder.AppendAsync(log, s_kilobyte));
    }

    [Fact]
    public async Task What_is_too_old_goes_also_while_the_log_rests()
    {
        await using var log = _folder.Open(new(SegmentBytes: 8 * 1024, MaxAge: TimeSpan.FromMinutes(10)));
        for (var i = 0; i < 20; i++)
        {
            await LogFolder.AppendAsync(log, s_kilobyte);
        }

        _folder.Clock.Advance(TimeSpan.FromMinutes(11));
        log.Sweep();

        Assert.InRange(log.Next - log.First, 1, 8);
        Assert.Single(_folder.Segments);
    }

    [Fact]
    public async Task A_record_that_is_too_large_is_the_callers_fault_and_changes_nothing()
    {
        await using var log = _folder.Open(new(MaxRecordBytes: 100));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => LogFolder.AppendAsync(log, s_kilobyte));
        Assert.Equal(0, log.Next);
    }

    [Fact]
    public async Task Whoever_appends_faster_than_the_disk_waits()
    {
        await using var log = _folder.Open(new(MaxPendingBytes: 10_000));
        var stored = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => LogFolder.AppendAsync(log, s_kilobyte)));
        Assert.Equal(500, stored.Distinct().Count());
    }
}
