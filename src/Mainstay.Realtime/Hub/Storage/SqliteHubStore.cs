using System.Collections.Immutable;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Notices;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Rooms;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Hub.Storage;

/// <summary>The store on disk: one SQLite file with a write-ahead log, synced with every commit. Calls come one at a time, from the hub's one writer.</summary>
internal sealed class SqliteHubStore : IHubStore
{
    private const string Mark = "$";
    private readonly FileStream _lock;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _request;
    private readonly SqliteCommand _forget;
    private readonly SqliteCommand _room;
    private readonly SqliteCommand _event;
    private readonly SqliteCommand _trim;
    private readonly SqliteCommand _device;
    private readonly SqliteCommand _notice;
    private readonly SqliteCommand _settle;

    public SqliteHubStore(string path, TimeProvider time, ILogger log)
    {
        _lock = HubFile.Lock(path);
        try
        {
            _connection = HubFile.Open(path, time, log);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }

        _request = Prepare($"INSERT OR REPLACE INTO request ({HubRows.RequestColumns}) VALUES ({Marks(28)})", 28);
        _forget = Prepare("DELETE FROM request WHERE id = $0", 1);
        _room = Prepare("INSERT OR REPLACE INTO room (branch, name, epoch, last_offset) VALUES ($0, $1, $2, $3)", 4);
        _event = Prepare($"INSERT OR REPLACE INTO room_event (branch, room, place, at, data, key, correlation, trace) VALUES ({Marks(8)})", 8);

        // From the oldest up to the first that is still needed, so that those between are not looked at each time.
        _trim = Prepare(
            """
            DELETE FROM room_event WHERE branch = $0 AND room = $1
            AND place < min($2, coalesce((SELECT place FROM room_event WHERE branch = $0 AND room = $1 AND at > $3 ORDER BY place LIMIT 1), $2))
            """,
            4);
        _device = Prepare($"INSERT OR REPLACE INTO device (branch, id, kind, version, caps, first_seen, last_seen) VALUES ({Marks(7)})", 7);
        _notice = Prepare($"INSERT OR REPLACE INTO notice (place, id, request, at, body) VALUES ({Marks(5)})", 5);
        _settle = Prepare("DELETE FROM notice WHERE place = $0", 1);
    }

    public ValueTask SaveAsync(ImmutableArray<RequestRecord> saves, ImmutableArray<RequestId> forgets, CancellationToken token) =>
        SaveAsync(HubChanges.Nothing with { Requests = saves, Forgets = forgets }, token);

    public ValueTask SaveAsync(HubChanges changes, CancellationToken token)
    {
        try
        {
            using var transaction = _connection.BeginTransaction();
            foreach (var command in (SqliteCommand[])[_request, _forget, _room, _event, _trim, _device, _notice, _settle])
            {
                command.Transaction = transaction;
            }

            Write(changes);
            transaction.Commit();
            return ValueTask.CompletedTask;
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            throw new RequestStoreException($"the hub's database could not be written: {e.Message.TrimEnd('.')}", e);
        }
    }

    public ValueTask<ImmutableArray<RequestRecord>> ReadAllAsync(CancellationToken token) =>
        ValueTask.FromResult(Read($"SELECT {HubRows.RequestColumns} FROM request", HubRows.Request));

    public ValueTask<ImmutableArray<RequestRecord>> ReadAsync(DeviceAddress device, CancellationToken token) =>
        ValueTask.FromResult(Read($"SELECT {HubRows.RequestColumns} FROM request WHERE branch = $0 AND device = $1", HubRows.Request, device.Branch.Name, device.Id));

    public ValueTask<StoredRoom?> ReadRoomAsync(RoomAddress room, CancellationToken token)
    {
        var heads = Read("SELECT epoch, last_offset FROM room WHERE branch = $0 AND name = $1", r => (r.GetString(0), r.GetInt64(1)), room.Branch.Name, room.Name);
        if (heads is not [(var epoch, var last)])
        {
            return ValueTask.FromResult<StoredRoom?>(null);
        }

        var events = Read(
            "SELECT place, at, data, key, correlation, trace FROM room_event WHERE branch = $0 AND room = $1 ORDER BY place", HubRows.Event, room.Branch.Name, room.Name);
        return ValueTask.FromResult<StoredRoom?>(new(epoch, last, events));
    }

    public ValueTask<ImmutableArray<KnownDevice>> ReadDevicesAsync(CancellationToken token) =>
        ValueTask.FromResult(Read("SELECT branch, id, kind, version, caps, first_seen, last_seen FROM device", HubRows.Device));

    public ValueTask<ImmutableArray<Notice>> ReadNoticesAsync(CancellationToken token) =>
        ValueTask.FromResult(Read("SELECT place, id, request, at, body FROM notice ORDER BY place", HubRows.Notice));

    public void Dispose()
    {
        foreach (var command in (SqliteCommand[])[_request, _forget, _room, _event, _trim, _device, _notice, _settle])
        {
            command.Dispose();
        }

        _connection.Dispose();
        _lock.Dispose();
    }

    private void Write(HubChanges changes)
    {
        foreach (var request in changes.Requests)
        {
            Run(_request, HubRows.Of(request));
        }

        foreach (var id in changes.Forgets)
        {
            Run(_forget, id.Value);
        }

        foreach (var published in changes.Events)
        {
            Run(_room, published.Room.Branch.Name, published.Room.Name, published.Epoch, published.Event.Offset);
            Run(_event, HubRows.Of(published));
        }

        // Once for each room, by the last of its events.
        foreach (var last in changes.Events.GroupBy(e => e.Room).Select(g => g.Last()))
        {
            Run(_trim, last.Room.Branch.Name, last.Room.Name, last.KeptFrom, last.KeysFrom.UtcTicks);
        }

        foreach (var device in changes.Devices)
        {
            Run(_device, HubRows.Of(device));
        }

        foreach (var notice in changes.Notices)
        {
            Run(_notice, HubRows.Of(notice));
        }

        foreach (var place in changes.Settled)
        {
            Run(_settle, place);
        }
    }

    private ImmutableArray<T> Read<T>(string sql, Func<SqliteDataReader, T> row, params string[] values)
    {
        try
        {
            using var command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters.AddWithValue(FormattableString.Invariant($"{Mark}{i}"), values[i]);
            }

            var rows = ImmutableArray.CreateBuilder<T>();
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                rows.Add(row(reader));
            }

            return rows.ToImmutable();
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException or InvalidCastException or KeyNotFoundException)
        {
            throw new RequestStoreException($"the hub's database could not be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    private SqliteCommand Prepare(string sql, int values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = FormattableString.Invariant($"{Mark}{i}") });
        }

        return command;
    }

    private static string Marks(int count) => string.Join(", ", Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"{Mark}{i}")));

    private static void Run(SqliteCommand command, params object?[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        command.ExecuteNonQuery();
    }
}
