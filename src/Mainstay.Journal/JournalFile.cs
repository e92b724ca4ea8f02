using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Mainstay.Journal;

/// <summary>
/// The file under the journal: made whole or not at all, readable by its owner only, and never opened for writing before it has shown
/// that it is a journal of ours.
/// </summary>
internal static class JournalFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Opens and verifies. The connection is ready for use; the caller owns it.</summary>
    public static SqliteConnection Open(string path, ImmutableArray<string> migrations)
    {
        if (!File.Exists(path))
        {
            Create(path, migrations);
        }

        CheckHeader(path);
        CloseToOthers(path);
        var connection = new SqliteConnection(ConnectionString(path, SqliteOpenMode.ReadWrite));
        try
        {
            connection.Open();
            connection.KeepLogOnClose(true);
            Verify(connection, path, migrations);
            Tune(connection);
            JournalSchema.Migrate(connection, migrations);
            connection.KeepLogOnClose(false);
            return connection;
        }
        catch (Exception e) when (e is SqliteException or JournalException)
        {
            connection.Dispose();
            throw e switch
            {
                SqliteException damage when SqliteFault.IsDamage(damage) => Unreadable(path, damage.Message, damage),
                SqliteException other => SqliteFault.Of(path, "opened", other),
                _ => e,
            };
        }
    }

    /// <summary>
    /// Written beside, then renamed: a journal that exists has its tables, so an empty or cut file is known to be damage
    /// and never mistaken for a new one.
    /// </summary>
    private static void Create(string path, ImmutableArray<string> migrations)
    {
        if (File.Exists(path + "-wal") && new FileInfo(path + "-wal").Length > 0)
        {
            throw new JournalException(
                $"the journal {path} is gone, but its write-ahead log {path}-wal is still there. fix: put the journal back beside it, or move the log away to begin with an empty journal");
        }

        var made = path + ".new";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!, OwnerFolder);
            foreach (var leftOver in (string[])[made, made + "-journal"])
            {
                File.Delete(leftOver);
            }

            using (File.Open(made, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
            {
            }

            using (var connection = new SqliteConnection(ConnectionString(made, SqliteOpenMode.ReadWrite)))
            {
                connection.Open();
                connection.Execute("PRAGMA synchronous = FULL");
                connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {JournalSchema.ApplicationId}"));
                JournalSchema.Migrate(connection, migrations);
            }

            File.Move(made, path, overwrite: false);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"the journal {path} could not be created: {e.Message}. fix: check the folder's owner, mode and free space", e);
        }
    }

    /// <summary>Reads the first hundred bytes without SQLite, which would already write beside a foreign database on opening it.</summary>
    private static void CheckHeader(string path)
    {
        Span<byte> header = stackalloc byte[100];
        int read;
        try
        {
            using var file = File.OpenRead(path);
            read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"the journal {path} could not be read: {e.Message}. fix: check its owner and mode", e);
        }

        if (read < header.Length || !header.StartsWith("SQLite format 3\0"u8))
        {
            throw Unreadable(path, read == 0 ? "it is empty" : "it is cut short or no SQLite file", null);
        }

        if (BinaryPrimitives.ReadInt32BigEndian(header[68..]) != JournalSchema.ApplicationId)
        {
            throw new JournalException(
                $"{path} is a database of another program, or its header is damaged; it was left as it is. fix: use another home, or move the file away");
        }
    }

    private static void CloseToOthers(string path)
    {
        try
        {
            if (File.GetUnixFileMode(path) != OwnerOnly)
            {
                File.SetUnixFileMode(path, OwnerOnly);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"the journal {path} could not be closed to other users: {e.Message}. fix: check its owner", e);
        }
    }

    private static void Verify(SqliteConnection connection, string path, ImmutableArray<string> migrations)
    {
        if (connection.Scalar("PRAGMA quick_check(1)") is not "ok" and var finding)
        {
            throw Unreadable(path, $"SQLite finds: {finding}", null);
        }

        var version = JournalSchema.VersionOf(connection);
        if (version > migrations.Length)
        {
            throw new JournalException(
                $"the journal {path} was written by a newer Mainstay (format {version}, this one knows {migrations.Length}); it was left as it is. fix: run the newer version");
        }

        if (version < 1)
        {
            throw Unreadable(path, "it has no format version", null);
        }

        VerifyRecords(connection, path);
    }

    private static void VerifyRecords(SqliteConnection connection, string path)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT kind, key, json, checksum FROM record";
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var (kind, key) = (row.GetString(0), row.GetString(1));
            if (RecordChecksum.Of(kind, key, row.GetString(2)) != row.GetInt64(3))
            {
                throw Unreadable(path, $"the record \"{kind}/{key}\" does not match its checksum", null);
            }
        }
    }

    private static void Tune(SqliteConnection connection)
    {
        // Write-ahead log with a sync per commit: docs/decisions/2026-11-22-journal-durability.md.
        connection.Execute("PRAGMA journal_mode = WAL");
        connection.Execute("PRAGMA synchronous = FULL");

        // The whole journal is a few megabytes at most; a quarter of one as cache is enough, and the log file is cut back after a checkpoint.
        connection.Execute("PRAGMA cache_size = -256");
        connection.Execute("PRAGMA journal_size_limit = 4194304");
        connection.Execute("PRAGMA temp_store = MEMORY");
    }

    private static string ConnectionString(string path, SqliteOpenMode mode) => new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = mode,
        Pooling = false,

        // Second to wait for somebody who writes with sqlite3 by hand; readers block nobody, and the daemon itself is the only writer.
        DefaultTimeout = 1,
    }.ToString();

    private static JournalException Unreadable(string path, string what, Exception? inner) => new(
        $"the journal {path} is damaged: {what.TrimEnd('.')}; it was kept as it is. fix: restore it from a copy, or move it (with {Path.GetFileName(path)}-wal) away to begin with an empty journal: what still runs is then not adopted",
        inner);
}
