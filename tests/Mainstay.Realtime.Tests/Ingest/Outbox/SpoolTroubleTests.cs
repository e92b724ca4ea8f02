using Mainstay.Realtime.Ingest.Outbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Realtime.Tests.Ingest.Outbox;

/// <summary>A disk that takes records and refuses what has to be written beside them.</summary>
public sealed class SpoolTroubleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mainstay-spool-").FullName;
    private readonly List<string> _told = [];
    private readonly ScriptedBroker _broker = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_position_that_cannot_be_written_is_told_of_once_and_a_spool_is_closed_all_the_same()
    {
        var folder = new SpoolFolder(Options(), TimeProvider.System, _told.Add);
        var spool = folder.Make();
        await WriteAsync(folder, spool, 2);
        spool.Confirm(1);
        Block(spool.Directory);
        await folder.CloseAsync(spool);

        var told = Assert.Single(_told);
        Assert.StartsWith($"how far the spool {spool.Directory} has been sent could not be written, and some of it may be sent twice: ", told, StringComparison.Ordinal);
        Assert.Equal(0, Assert.Single(folder.TakeOver([])).Position);
    }

    [Fact]
    public async Task An_outbox_goes_on_and_ends_well_with_a_position_that_cannot_be_written()
    {
        var box = new OutboxUnderTest(_broker, _folder);
        await box.StoreAsync(1);
        Block(Directory.GetDirectories(_folder).Single());
        _broker.Up();
        await box.DirectAsync();

        Assert.Equal(StoredAt.Broker, await box.StoreAsync(2));
        await box.StopAsync();
        Assert.Equal([1, 2], _broker.Stored.Select(OutboxUnderTest.Seq));
        await box.DisposeAsync();
    }

    [Fact]
    public async Task What_cannot_be_given_up_on_disk_is_not_told_of_as_lost_and_what_waits_goes_on_when_it_can()
    {
        await using var box = new OutboxUnderTest(_broker, _folder, o => o with { SpoolBytes = 64_000, WhenFull = SpoolFull.DropOldest, SpoolBatchBytes = 4_000 });
        Assert.Equal(StoredAt.Spool, await box.StoreAsync(0, bytes: 1000));
        var blocked = Block(Directory.GetDirectories(_folder).Single());
        var stored = Enumerable.Range(1, 199).Select(i => box.StoreAsync(i, bytes: 1000)).ToArray();
        await OutboxUnderTest.UntilAsync(() => !box.Outbox.Health.CanStore);
        Assert.Empty(box.Lost);

        Directory.Delete(blocked);
        await box.AllAsync(stored);
        _broker.Up();
        await box.DirectAsync();
        Assert.NotEmpty(box.Lost);
        Assert.Equal(Enumerable.Range(0, 200), box.Lost.Concat(_broker.Stored.Select(OutboxUnderTest.Seq)));
    }

    [Fact]
    public async Task A_folder_that_is_no_folder_is_told_of_once_and_nothing_can_be_stored()
    {
        var file = Path.Combine(_folder, "spool");
        await File.WriteAllTextAsync(file, "");
        await using var box = new OutboxUnderTest(_broker, file);
        var waits = box.StoreAsync(1);
        await OutboxUnderTest.UntilAsync(() => !box.Outbox.Health.CanStore);
        Assert.False(waits.IsCompleted);

        _broker.Up();
        Assert.Equal(StoredAt.Broker, await waits);
    }

    /// <summary>Where a draft of the position would be is something that is no file. Rights would not do: whoever runs the tests may have all of them.</summary>
    private static string Block(string spool) => Directory.CreateDirectory(Path.Combine(spool, "groups", "broker.new")).FullName;

    private async Task WriteAsync(SpoolFolder folder, Spool spool, int records)
    {
        var replay = new SpoolReplay(Options(), () => { }, (_, _) => { }, _told.Add);
        replay.Append(spool);
        var queue = new OutboxQueue(Options(), new(TimeProvider.System), () => { }, (_, _) => { });
        for (var i = 0; i < records; i++)
        {
            queue.Add(OutboxUnderTest.Record(i), canWait: true);
        }

        Assert.True(await new SpoolWriter(Options(), folder, replay, NullLogger.Instance).WriteAsync(queue));
    }

    private OutboxOptions Options() => new() { Directory = _folder };
}
