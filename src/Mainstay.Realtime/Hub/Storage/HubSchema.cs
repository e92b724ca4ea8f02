using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Mainstay.Realtime.Hub.Storage;

/// <summary>The shape of the hub's file. Its version is SQLite's <c>user_version</c>, which changes in one transaction with the tables; a released step is never edited. Times are ticks (UTC).</summary>
internal static class HubSchema
{
    /// <summary>"MSHB" in the header: tells a hub's file from any other.</summary>
    public const int ApplicationId = 0x4D534842;

    public static ImmutableArray<string> Steps { get; } =
    [
        """
        CREATE TABLE request (
            id TEXT PRIMARY KEY, branch TEXT NOT NULL, device TEXT NOT NULL, part TEXT NOT NULL, op TEXT NOT NULL, data BLOB NOT NULL, key TEXT NOT NULL,
            ttl INTEGER NOT NULL, timeout INTEGER NOT NULL, correlation TEXT NOT NULL, trace TEXT, hash TEXT NOT NULL, place INTEGER NOT NULL,
            asked_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, phase TEXT NOT NULL, tries INTEGER NOT NULL, cancel_wished INTEGER NOT NULL,
            accepted_at INTEGER, not_before INTEGER, due INTEGER NOT NULL, ends_by INTEGER NOT NULL,
            has_outcome INTEGER NOT NULL, outcome_data BLOB NOT NULL, outcome_code TEXT, outcome_message TEXT, because TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX request_of_device ON request (branch, device);

        CREATE TABLE room (branch TEXT NOT NULL, name TEXT NOT NULL, epoch TEXT NOT NULL, last_offset INTEGER NOT NULL, PRIMARY KEY (branch, name)) STRICT, WITHOUT ROWID;
        CREATE TABLE room_event (
            branch TEXT NOT NULL, room TEXT NOT NULL, place INTEGER NOT NULL, at INTEGER NOT NULL, data BLOB NOT NULL, key TEXT, correlation TEXT NOT NULL, trace TEXT,
            PRIMARY KEY (branch, room, place)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE device (
            branch TEXT NOT NULL, id TEXT NOT NULL, kind TEXT, version TEXT, caps TEXT NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,
            PRIMARY KEY (branch, id)
        ) STRICT, WITHOUT ROWID;
        """,
        """
        ALTER TABLE request ADD COLUMN notify INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE notice (place INTEGER PRIMARY KEY, id TEXT NOT NULL, request TEXT NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
        """,

        // With rowids: to find its place in a table without, SQLite reads the whole of every large row on the way.
        """
        CREATE TABLE request_with_rowid (
            id TEXT PRIMARY KEY, branch TEXT NOT NULL, device TEXT NOT NULL, part TEXT NOT NULL, op TEXT NOT NULL, data BLOB NOT NULL, key TEXT NOT NULL,
            ttl INTEGER NOT NULL, timeout INTEGER NOT NULL, correlation TEXT NOT NULL, trace TEXT, hash TEXT NOT NULL, place INTEGER NOT NULL,
            asked_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, phase TEXT NOT NULL, tries INTEGER NOT NULL, cancel_wished INTEGER NOT NULL,
            accepted_at INTEGER, not_before INTEGER, due INTEGER NOT NULL, ends_by INTEGER NOT NULL,
            has_outcome INTEGER NOT NULL, outcome_data BLOB NOT NULL, outcome_code TEXT, outcome_message TEXT, because TEXT NOT NULL, notify INTEGER NOT NULL
        ) STRICT;
        INSERT INTO request_with_rowid SELECT * FROM request;
        DROP TABLE request;
        ALTER TABLE request_with_rowid RENAME TO request;
        CREATE INDEX request_of_device ON request (branch, device);

        CREATE TABLE event_with_rowid (
            branch TEXT NOT NULL, room TEXT NOT NULL, place INTEGER NOT NULL, at INTEGER NOT NULL, data BLOB NOT NULL, key TEXT, correlation TEXT NOT NULL, trace TEXT,
            PRIMARY KEY (branch, room, place)
        ) STRICT;
        INSERT INTO event_with_rowid SELECT * FROM room_event;
        DROP TABLE room_event;
        ALTER TABLE event_with_rowid RENAME TO room_event;
        """,
    ];

    public static int VersionOf(SqliteConnection connection) => Convert.ToInt32(connection.Scalar("PRAGMA user_version"), CultureInfo.InvariantCulture);

    public static void Migrate(SqliteConnection connection)
    {
        for (var version = VersionOf(connection); version < Steps.Length; version++)
        {
            using var transaction = connection.BeginTransaction();
            connection.Execute(Steps[version]);
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version + 1}"));
            transaction.Commit();
        }
    }

    public static object? Scalar(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public static void Execute(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
