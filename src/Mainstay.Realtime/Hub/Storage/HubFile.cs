using System.Globalization;
using Mainstay.Realtime.Hub.Requests;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Mainstay.Realtime.Hub.Storage;

/// <summary>The file under the hub: made whole or not at all, and put aside, never overwritten, when it is damaged.</summary>
internal static class HubFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Two hubs on one file would each send what the other has sent; the kernel gives the lock back when its holder dies.</summary>
    /// <exception cref="RequestStoreException">Another hub has it.</exception>
    public static FileStream Lock(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return new(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestStoreException($"the hub's database {path} could not be had alone: another hub runs on it, or its folder cannot be written ({e.Message.TrimEnd('.')})", e);
        }
    }

    /// <exception cref="RequestStoreException">It cannot be made or opened, or is not this hub's to use.</exception>
    public static SqliteConnection Open(string path, TimeProvider time, ILogger log)
    {
        try
        {
            if (!File.Exists(path))
            {
                Create(path);
            }

            try
            {
                return OpenSound(path);
            }
            catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
            {
                log.PutAside(path, PutAside(path, time), e.Message.TrimEnd('.'));
                Create(path);
                return OpenSound(path);
            }
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new RequestStoreException($"the hub's database {path} could not be opened: {e.Message.TrimEnd('.')}", e);
        }
    }

    private static SqliteConnection OpenSound(string path)
    {
        var connection = Connect(path);
        try
        {
            // An empty file is one that was cut: ours have their tables from the beginning.
            if (connection.Scalar("PRAGMA quick_check(1)") is not "ok" || HubSchema.VersionOf(connection) < 1)
            {
                throw new SqliteException("its check failed", raw.SQLITE_CORRUPT);
            }

            if (Convert.ToInt32(connection.Scalar("PRAGMA application_id"), CultureInfo.InvariantCulture) != HubSchema.ApplicationId)
            {
                throw new RequestStoreException($"{path} is a database of another program; it was left as it is");
            }

            if (HubSchema.VersionOf(connection) > HubSchema.Steps.Length)
            {
                throw new RequestStoreException($"{path} was written by a newer Mainstay; it was left as it is");
            }

            connection.Execute("PRAGMA journal_mode = WAL");
            connection.Execute("PRAGMA synchronous = FULL");
            connection.Execute("PRAGMA journal_size_limit = 16777216");
            connection.Execute("PRAGMA temp_store = MEMORY");
            HubSchema.Migrate(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Create(string path)
    {
        var made = path + ".new";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.Delete(made);
        File.Delete(made + "-journal");

        // A log without its file would be played into the new one.
        File.Delete(path + "-wal");
        File.Delete(path + "-shm");
        using (File.Open(made, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
        }

        using (var connection = Connect(made))
        {
            connection.Execute("PRAGMA synchronous = FULL");
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {HubSchema.ApplicationId}"));
            HubSchema.Migrate(connection);
        }

        File.Move(made, path, overwrite: false);
    }

    private static string PutAside(string path, TimeProvider time)
    {
        var aside = $"{path}.damaged-{time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture)}";
        File.Move(path, aside, overwrite: false);
        foreach (var end in (string[])["-wal", "-shm"])
        {
            if (File.Exists(path + end))
            {
                File.Move(path + end, aside + end, overwrite: false);
            }
        }

        return aside;
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
