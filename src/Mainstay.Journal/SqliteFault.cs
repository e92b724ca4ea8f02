using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Mainstay.Journal;

/// <summary>Turns SQLite's errors into what a user can act on.</summary>
internal static class SqliteFault
{
    /// <summary>The file's content is at fault, not its surroundings: a full disk or a lock is no damage.</summary>
    public static bool IsDamage(SqliteException e) => e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <param name="verb">Past participle: "read", "written".</param>
    public static JournalException Of(string path, string verb, SqliteException e) =>
        new($"the journal {path} could not be {verb}: {e.Message.TrimEnd('.')}. fix: {Fix(e)}", e);

    private static string Fix(SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => "free space on its disk",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "end the program that holds it open for writing",
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => "check its owner and mode, and that its disk is mounted read-write",
        raw.SQLITE_IOERR => "check its disk: it may be full or failing",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "stop the daemon and restore the file from a copy",
        _ => "check its disk",
    };
}
