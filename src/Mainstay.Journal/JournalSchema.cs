using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Mainstay.Journal;

/// <summary>
/// The shape of the file. The version is SQLite's own <c>user_version</c> (0 to the count of migrations), so that it changes in the same
/// transaction as the tables. A released migration is never edited: a change is a further entry.
/// </summary>
internal static class JournalSchema
{
    /// <summary>"MSTY" in the header's application id: tells a journal from any other SQLite file before a single byte of it is written.</summary>
    public const int ApplicationId = 0x4D535459;

    public static ImmutableArray<string> Migrations { get; } =
    [
        """
        CREATE TABLE record (
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            json TEXT NOT NULL,
            checksum INTEGER NOT NULL,
            PRIMARY KEY (kind, key)
        ) STRICT, WITHOUT ROWID;

        -- AUTOINCREMENT: an id is never given twice, even after every row was trimmed.
        CREATE TABLE event (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            service TEXT,
            instance TEXT,
            because TEXT NOT NULL
        ) STRICT;
        """,
    ];

    public static int VersionOf(SqliteConnection connection) => Convert.ToInt32(connection.Scalar("PRAGMA user_version"), CultureInfo.InvariantCulture);

    /// <summary>Brings the file to the last version, one transaction per step: a crash leaves a version that the next start goes on from.</summary>
    public static void Migrate(SqliteConnection connection, ImmutableArray<string> migrations)
    {
        for (var version = VersionOf(connection); version < migrations.Length; version++)
        {
            connection.Execute("BEGIN IMMEDIATE");
            try
            {
                connection.Execute(migrations[version]);
                connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version + 1}"));
                connection.Execute("COMMIT");
            }
            catch (SqliteException)
            {
                connection.RollBackIfOpen();
                throw;
            }
        }
    }
}
