using System.Text;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Rooms;
using Mainstay.Realtime.Hub.Storage;
using Mainstay.Realtime.Tests.Hub.Requests;
using Mainstay.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Asked = Mainstay.Realtime.Tests.Hub.Requests.Requests;

namespace Mainstay.Realtime.Tests.Hub.Storage;

public sealed class SqliteHubStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-").FullName;

    private string File => Path.Combine(_folder, "hub.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private SqliteHubStore Open() => new(File, new ManualTimeProvider(Asked.Now), NullLogger.Instance);

    [Fact]
    public async Task A_request_in_any_phase_is_read_back_as_it_was_saved()
    {
        var records = Enum.GetValues<RequestPhase>()
            .Select((phase, i) => Asked.In(phase, cancel: i % 2 == 0) with { Id = new($"r{i}"), Order = i, NotBefore = i % 3 == 0 ? Asked.Now.AddMilliseconds(1) : null })
            .ToArray();
        using (var store = Open())
        {
            await store.SaveAsync([.. records], [], default);
        }

        using var again = Open();
        var read = (await again.ReadAllAsync(default)).OrderBy(r => r.Order).ToArray();
        Assert.Equal(records.Select(Text), read.Select(Text));
        Assert.Equal(records.Length, (await again.ReadAsync(Asked.Till, default)).Length);
        Assert.Empty(await again.ReadAsync(new DeviceAddress(new("south"), Asked.Till.Id), default));
    }

    [Fact]
    public async Task What_an_older_hub_has_stored_is_read_by_this_one()
    {
        using (var old = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            old.Open();
            old.Execute($"PRAGMA application_id = {HubSchema.ApplicationId}");
            HubSchema.Steps.Take(2).ToList().ForEach(old.Execute);
            old.Execute("PRAGMA user_version = 2");
            old.Execute("INSERT INTO room VALUES ('north', 'orders', 'e1', 1); INSERT INTO room_event VALUES ('north', 'orders', 1, 5, x'31', 'k', 'c', NULL)");
            old.Execute("INSERT INTO request VALUES ('r1', 'north', 'till-1', '', 'print', x'31', 'k', 1, 1, 'c', NULL, 'h', 7, 1, 1, 'queued', 0, 0, NULL, NULL, 1, 1, 0, x'', NULL, NULL, '', 1)");
        }

        using var store = Open();
        var read = Assert.Single(await store.ReadAllAsync(default));
        Assert.Equal(("r1", 7L), (read.Id.Value, read.Order));
        Assert.Equal("c", Assert.Single((await store.ReadRoomAsync(new(new("north"), "orders"), default))!.Events).Correlation);
    }

    [Fact]
    public async Task What_is_forgotten_is_gone_and_a_record_replaces_the_one_before()
    {
        using var store = Open();
        var queued = Asked.In(RequestPhase.Queued);
        await store.SaveAsync([queued, queued with { Id = new("r2") }], [], default);
        await store.SaveAsync([Asked.In(RequestPhase.Done)], [new("r2")], default);
        Assert.Equal(RequestPhase.Done, Assert.Single(await store.ReadAllAsync(default)).Phase);
    }

    [Fact]
    public async Task A_rooms_events_are_kept_as_long_as_it_or_their_keys_need_them()
    {
        var room = new RoomAddress(new("north"), "orders");
        using var store = Open();
        for (var i = 1; i <= 10; i++)
        {
            var e = new RoomEvent(i, Asked.Now.AddMinutes(i), Encoding.UTF8.GetBytes($"{i}"), $"k{i}", "c", null);
            await store.SaveAsync(HubChanges.Nothing with { Events = [new(room, "e1", e, i - 2, e.At.AddMinutes(-5))] }, default);
        }

        var stored = (await store.ReadRoomAsync(room, default))!;
        Assert.Equal(("e1", 10L), (stored.Epoch, stored.LastOffset));
        Assert.Equal([6, 7, 8, 9, 10], stored.Events.Select(e => e.Offset));
        Assert.Null(await store.ReadRoomAsync(room with { Branch = new("south") }, default));
    }

    [Fact]
    public void A_second_hub_on_the_same_file_is_refused_until_the_first_is_gone()
    {
        using (Open())
        {
            Assert.Throws<RequestStoreException>(Open);
        }

        Open().Dispose();
    }

    [Fact]
    public async Task A_damaged_file_is_put_aside_and_the_hub_begins_with_an_empty_one()
    {
        using (var store = Open())
        {
            await store.SaveAsync([Asked.In(RequestPhase.Queued)], [], default);
        }

        foreach (var damage in (byte[][])[Encoding.ASCII.GetBytes("this was a database once, and is none any more"), []])
        {
            await System.IO.File.WriteAllBytesAsync(File, damage);
            using (var store = Open())
            {
                Assert.Empty(await store.ReadAllAsync(default));
            }

            var aside = Assert.Single(Directory.GetFiles(_folder, "hub.db.damaged-*"));
            Assert.Equal(damage, await System.IO.File.ReadAllBytesAsync(aside));
            System.IO.File.Delete(aside);
        }
    }

    [Fact]
    public async Task A_file_of_another_program_or_a_newer_hub_is_left_as_it_is()
    {
        using (Open())
        {
        }

        foreach (var change in (string[])["PRAGMA user_version = 99", "PRAGMA user_version = 1; PRAGMA application_id = 7"])
        {
            using (var connection = new SqliteConnection($"Data Source={File};Pooling=False"))
            {
                connection.Open();
                connection.Execute(change);
            }

            var before = await System.IO.File.ReadAllBytesAsync(File);
            Assert.Throws<RequestStoreException>(Open);
            Assert.Equal(before, await System.IO.File.ReadAllBytesAsync(File));
        }
    }

    /// <summary>Records hold memory, which is compared by where it is.</summary>
    private static string Text(RequestRecord r) =>
        $"{r with { Spec = r.Spec with { Data = default }, Outcome = null }} {Encoding.UTF8.GetString(r.Spec.Data.Span)} {r.Outcome?.Code} {r.Outcome?.Message} {(r.Outcome is { } o ? Encoding.UTF8.GetString(o.Data.Span) : "none")}";
}
