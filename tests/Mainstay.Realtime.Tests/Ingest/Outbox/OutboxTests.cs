using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Ingest.Outbox;

namespace Mainstay.Realtime.Tests.Ingest.Outbox;

public sealed class OutboxTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mainstay-outbox-").FullName;
    private readonly ScriptedBroker _broker = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task With_the_broker_there_a_record_is_answered_when_the_broker_has_confirmed_it_and_touches_no_disk()
    {
        _broker.Up();
        await using var box = new OutboxUnderTest(_broker, _folder);
        await box.DirectAsync();
        _broker.Hold();
        var stored = box.StoreAsync(1);
        Assert.False(stored.IsCompleted);
        _broker.Answer();

        Assert.Equal(StoredAt.Broker, await stored);
        Assert.Equal([1], Seqs());
        Assert.Empty(Directory.GetDirectories(_folder));
    }

    [Fact]
    public async Task Without_it_a_record_is_answered_from_the_spool_and_reaches_the_broker_when_it_comes()
    {
        await using var box = new OutboxUnderTest(_broker, _folder);
        Assert.Equal(StoredAt.Spool, await box.StoreAsync(1));
        Assert.Equal((false, true), (box.Outbox.Health.BrokerUp, box.Outbox.Health.CanStore));
        Assert.Equal("it is not there", box.Outbox.Health.Because);

        _broker.Up();
        await box.DirectAsync();

        Assert.Equal([1], Seqs());
        Assert.Equal(StoredAt.Broker, await box.StoreAsync(2));
    }

    [Fact]
    public async Task What_the_broker_had_not_confirmed_when_it_went_comes_before_what_came_later()
    {
        _broker.Up();
        await using var box = new OutboxUnderTest(_broker, _folder);
        await box.DirectAsync();
        _broker.Hold();
        var before = Enumerable.Range(1, 5).Select(i => box.StoreAsync(i)).ToArray();
        _broker.Down(keepsUnanswered: 2);
        var after = Enumerable.Range(6, 5).Select(i => box.StoreAsync(i)).ToArray();
        Assert.All(await Task.WhenAll([.. before, .. after]), at => Assert.Equal(StoredAt.Spool, at));

        _broker.Answer();
        _broker.Up();
        await box.DirectAsync();

        // 1 and 2 are there twice, which their numbers tell.
        Assert.Equal([1, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], Seqs());
    }

    [Fact]
    public async Task What_a_process_leaves_in_its_spool_is_sent_by_the_next_before_anything_of_its_own()
    {
        var first = new OutboxUnderTest(_broker, _folder);
        await first.StoreAsync(1);
        await first.StoreAsync(2);
        await first.KillAsync();

        await using var second = new OutboxUnderTest(_broker, _folder);
        await second.StoreAsync(3);
        _broker.Up();
        await second.DirectAsync();

        Assert.Equal([1, 2, 3], Seqs());
    }

    [Fact]
    public async Task A_stop_with_the_broker_there_leaves_nothing_behind()
    {
        var box = new OutboxUnderTest(_broker, _folder);
        for (var i = 0; i < 100; i++)
        {
            await box.StoreAsync(i);
        }

        _broker.Up();
        await OutboxUnderTest.UntilAsync(() => box.Outbox.Health.BrokerUp);
        await box.StopAsync();

        Assert.Equal(Enumerable.Range(0, 100), Seqs());
        Assert.Empty(Directory.GetDirectories(_folder));
        await box.DisposeAsync();
    }

    [Fact]
    public async Task A_record_that_the_broker_will_never_take_is_told_of_and_holds_up_nobody()
    {
        _broker.Refuses = "bad";
        await using var box = new OutboxUnderTest(_broker, _folder);
        Assert.Equal(StoredAt.Spool, await box.StoreAsync(1, topic: "bad"));
        Assert.Equal(StoredAt.Spool, await box.StoreAsync(2));
        _broker.Up();
        await box.DirectAsync();
        await Assert.ThrowsAsync<RecordRefusedException>(() => box.StoreAsync(3, topic: "bad"));
        Assert.Equal(StoredAt.Broker, await box.StoreAsync(4));

        Assert.Equal([2, 4], Seqs());
        Assert.Equal([1, 3], box.Lost);
        Assert.Equal(2, box.Outbox.Health.Lost);
    }

    [Fact]
    public async Task A_full_spool_pauses_those_who_can_wait_and_loses_nothing_of_theirs()
    {
        await using var box = new OutboxUnderTest(_broker, _folder, o => o with { SpoolBytes = 20_000, WaitingBytes = 2_000 });
        var stored = Enumerable.Range(0, 50).Select(i => box.StoreAsync(i, canWait: true, bytes: 1000)).ToArray();
        await OutboxUnderTest.UntilAsync(() => !box.Outbox.Health.CanStore);
        Assert.Contains(stored, s => !s.IsCompleted);
        await Assert.ThrowsAsync<OutboxFullException>(() => box.StoreAsync(50, canWait: false, bytes: 1000));

        _broker.Up();
        await box.AllAsync(stored);
        await box.DirectAsync();

        Assert.Equal(Enumerable.Range(0, 50), Seqs());
        Assert.Equal([50], box.Lost);
        Assert.True(box.Outbox.Health.CanStore);
    }

    [Fact]
    public async Task A_full_spool_that_may_drop_loses_the_oldest_and_tells_of_each()
    {
        await using var box = new OutboxUnderTest(_broker, _folder, o => o with { SpoolBytes = 64_000, WhenFull = SpoolFull.DropOldest, SpoolBatchBytes = 4_000 });
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(StoredAt.Spool, await box.StoreAsync(i, canWait: false, bytes: 1000));
        }

        _broker.Up();
        await box.DirectAsync();

        Assert.NotEmpty(box.Lost);
        Assert.Equal(Enumerable.Range(0, 200), box.Lost.Concat(Seqs()));
    }

    /// <summary>The promise itself, against a broker that comes, goes, keeps what it never confirmed, and a process that dies.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Whatever_happens_what_was_answered_is_at_the_broker_in_the_end_and_in_order(int seed)
    {
        var random = new Random(seed);
        var answered = new HashSet<int>();
        var box = new OutboxUnderTest(_broker, _folder, o => o with { JoinBytes = 500, UnconfirmedBytes = 4_000, SpoolBatchBytes = 2_000 });
        var open = new List<(int Seq, Task<StoredAt> Stored)>();
        for (var seq = 1; seq <= 3_000; seq++)
        {
            open.Add((seq, box.StoreAsync(seq)));
            switch (random.Next(150))
            {
                case 0:
                    _broker.Down(random.Next(5));
                    break;
                case 1 or 2:
                    _broker.Up();
                    break;
                case 3:
                    _broker.Hold();
                    break;
                case 4 or 5:
                    _broker.Answer(random.Next(2) == 0 ? random.Next(30) : int.MaxValue);
                    break;
                case 6:
                    // A client that was not answered sends again, to the next process.
                    await box.KillAsync();
                    var last = Settle(open, answered);
                    await box.DisposeAsync();
                    box = new(_broker, _folder, o => o with { JoinBytes = 500, UnconfirmedBytes = 4_000, SpoolBatchBytes = 2_000 });
                    seq = last;
                    break;
                case 7:
                    await Task.Yield();
                    break;
            }
        }

        _broker.Answer();
        _broker.Up();
        await box.AllAsync(open.Select(o => o.Stored));
        await box.DirectAsync();
        await box.StopAsync();
        await box.DisposeAsync();

        // What a consumer does that drops what it has seen.
        var seen = 0;
        var consumed = Seqs().Where(s => s > seen && (seen = s) == s).ToArray();
        Assert.Equal(Enumerable.Range(1, 3_000), consumed);
        Assert.Empty(box.Lost);
        Assert.Empty(Directory.GetDirectories(_folder));
    }

    /// <summary>The number up to which everything was answered, as the client's cumulative acknowledgements say.</summary>
    private static int Settle(List<(int Seq, Task<StoredAt> Stored)> open, HashSet<int> answered)
    {
        foreach (var (seq, stored) in open)
        {
            // The outbox has ended: every record has its answer, or was abandoned.
            Assert.True(stored.IsCompleted);
            if (stored.IsCompletedSuccessfully)
            {
                answered.Add(seq);
            }
        }

        open.Clear();
        var last = 0;
        while (answered.Contains(last + 1))
        {
            last++;
        }

        answered.RemoveWhere(s => s > last);
        return last;
    }

    private IEnumerable<int> Seqs() => _broker.Stored.Select(OutboxUnderTest.Seq);
}
