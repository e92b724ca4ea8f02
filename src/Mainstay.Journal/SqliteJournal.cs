using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Mainstay.Journal;

/// <summary>The journal on disk: one SQLite file with a write-ahead log. Safe to call from any thread; calls run one after another.</summary>
public sealed class SqliteJournal : IJournal
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _addEvent;
    private readonly SqliteCommand _trimEvents;
    private bool _disposed;

    private SqliteJournal(string path, SqliteConnection connection)
    {
        _path = path;
        _connection = connection;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _put = Prepare(
            "INSERT INTO record (kind, key, json, checksum) VALUES ($kind, $key, $json, $checksum) ON CONFLICT (kind, key) DO UPDATE SET json = excluded.json, checksum = excluded.checksum",
            "$kind", "$key", "$json", "$checksum");
        _delete = Prepare("DELETE FROM record WHERE kind = $kind AND key = $key", "$kind", "$key");
        _addEvent = Prepare(
            "INSERT INTO event (at, kind, service, instance, because) VALUES ($at, $kind, $service, $instance, $because)",
            "$at", "$kind", "$service", "$instance", "$because");

        // Ids have no gaps, so the rows to go are a prefix of the primary key: the cost is the rows removed, not the rows kept.
        _trimEvents = Prepare("DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - $keep", "$keep");
        _trimEvents.Parameters[0].Value = JournalLimits.Events;
    }

    /// <summary>
    /// Opens the journal, creating it (0600) and its folder (0700) when neither is there. Throws <see cref="JournalException"/> when the file
    /// is damaged, foreign or of a newer format; it is then left untouched.
    /// </summary>
    public static SqliteJournal Open(string path) => Open(path, JournalSchema.Migrations);

    internal static SqliteJournal Open(string path, ImmutableArray<string> migrations) => new(path, JournalFile.Open(path, migrations));

    internal SqliteConnection Connection => _connection;

    public ImmutableSortedDictionary<string, string> Read(string kind)
    {
        lock (_gate)
        {
            return Guarded("read", () =>
            {
                var records = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
                using var command = _connection.CreateCommand();
                command.CommandText = "SELECT key, json FROM record WHERE kind = $kind";
                command.Parameters.AddWithValue("$kind", kind);
                using var row = command.ExecuteReader();
                while (row.Read())
                {
                    records.Add(row.GetString(0), row.GetString(1));
                }

                return records.ToImmutable();
            });
        }
    }

    public void Commit(JournalBatch batch)
    {
        lock (_gate)
        {
            Guarded("written", () =>
            {
                _begin.ExecuteNonQuery();
                try
                {
                    Write(batch);
                    return _commit.ExecuteNonQuery();
                }
                catch
                {
                    _connection.RollBackIfOpen();
                    throw;
                }
            });
        }
    }

    public ImmutableArray<JournalEvent> Events(long afterId, int limit)
    {
        lock (_gate)
        {
            return Guarded("read", () =>
            {
                var newestFirst = new List<JournalEvent>();
                using var command = _connection.CreateCommand();
                command.CommandText = "SELECT id, at, kind, service, instance, because FROM event WHERE id > $after ORDER BY id DESC LIMIT $limit";
                command.Parameters.AddWithValue("$after", afterId);
                command.Parameters.AddWithValue("$limit", Math.Max(0, limit));
                using var row = command.ExecuteReader();
                while (row.Read())
                {
                    newestFirst.Add(new(
                        row.GetInt64(0),
                        TimeIn(row.GetString(1)),
                        row.GetString(2),
                        row.IsDBNull(3) ? null : row.GetString(3),
                        row.IsDBNull(4) ? null : row.GetString(4),
                        row.GetString(5)));
                }

                newestFirst.Reverse();
                return newestFirst.ToImmutableArray();
            });
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            foreach (var command in (SqliteCommand[])[_begin, _commit, _put, _delete, _addEvent, _trimEvents])
            {
                command.Dispose();
            }

            _connection.Dispose();
        }
    }

    private void Write(JournalBatch batch)
    {
        foreach (var put in batch.Puts)
        {
            Run(_put, put.Kind, put.Key, put.Json, RecordChecksum.Of(put.Kind, put.Key, put.Json));
        }

        foreach (var delete in batch.Deletes)
        {
            Run(_delete, delete.Kind, delete.Key);
        }

        foreach (var e in batch.Events)
        {
            var at = e.At.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
            Run(_addEvent, at, e.Kind, e.Service, e.Instance, JournalLimits.Cut(e.Because));
        }

        if (!batch.Events.IsEmpty)
        {
            _trimEvents.ExecuteNonQuery();
        }
    }

    /// <summary>Events have no checksum: one with a damaged time is still worth its sentence.</summary>
    private static DateTimeOffset TimeIn(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? at : DateTimeOffset.UnixEpoch;

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        command.ExecuteNonQuery();
    }

    private T Guarded<T>(string verb, Func<T> work)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            throw SqliteFault.Of(_path, verb, e);
        }
    }
}
