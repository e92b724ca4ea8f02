using Microsoft.Data.Sqlite;

namespace Mainstay.Journal.Tests;

public sealed class JournalMigrationTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string File => _folder.File("mainstay.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_step_from_version_1_keeps_the_records_and_the_events()
    {
        MakeVersion1();

        using (var journal = SqliteJournal.Open(File, [JournalSchema.Migrations[0], "ALTER TABLE event ADD COLUMN release TEXT", "CREATE TABLE later (x INTEGER) STRICT"]))
        {
            Assert.Equal("1", journal.Read("k")["a"]);
            Assert.Equal("kept", journal.Events(0, 10)[0].Because);
            Assert.Equal(3, JournalSchema.VersionOf(journal.Connection));
            journal.Commit(JournalBatch.Put("k", "b", "2"));
        }
    }

    [Fact]
    public void A_step_that_fails_leaves_the_version_before_it()
    {
        MakeVersion1();

        Assert.Throws<JournalException>(() => SqliteJournal.Open(File, [JournalSchema.Migrations[0], "CREATE TABLE later (x INTEGER); CREATE TABLE later (x INTEGER)"]));

        using var journal = SqliteJournal.Open(File);
        Assert.Equal("1", journal.Read("k")["a"]);
        Assert.Equal(1L, journal.Connection.Scalar("PRAGMA user_version"));
    }

    /// <summary>The file that the first release wrote, made without the code under test, so that an edited migration is noticed.</summary>
    private void MakeVersion1()
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        connection.Execute(
            """
            PRAGMA application_id = 1297306713;
            PRAGMA journal_mode = WAL;
            CREATE TABLE record (kind TEXT NOT NULL, key TEXT NOT NULL, json TEXT NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID;
            CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT NULL, service TEXT, instance TEXT, because TEXT NOT NULL) STRICT;
            INSERT INTO record VALUES ('k', 'a', '1', 4134149844275295346);
            INSERT INTO event (at, kind, because) VALUES ('2026-11-22T12:00:00.0000000+00:00', 'x', 'kept');
            PRAGMA user_version = 1;
            """);
    }
}
