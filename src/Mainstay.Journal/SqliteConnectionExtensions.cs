using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Mainstay.Journal;

internal static class SqliteConnectionExtensions
{
    public static void Execute(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static object? Scalar(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>SQLite ends the transaction by itself after some errors (disk full, I/O); a second ROLLBACK would hide the first error.</summary>
    public static void RollBackIfOpen(this SqliteConnection connection)
    {
        if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
        {
            connection.Execute("ROLLBACK");
        }
    }

    /// <summary>
    /// While <paramref name="keep"/>, closing the last connection does not copy the write-ahead log into the file: a file that is
    /// refused stays, with its log, byte for byte as it was found.
    /// </summary>
    public static void KeepLogOnClose(this SqliteConnection connection, bool keep) =>
        _ = raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, out _);
}
