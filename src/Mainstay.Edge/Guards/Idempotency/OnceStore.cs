using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Mainstay.Linux.Processes;
using Microsoft.Data.Sqlite;

namespace Mainstay.Edge.Guards.Idempotency;

/// <summary>
/// What was done once, in one file for all workers of a home. SQLite blocks, and nothing in a worker may: a thread of its own does the work, and what comes at the same time becomes one transaction. A process that is killed loses nothing of what was
/// committed; the disk is not waited for, so the machine's crash may.
/// </summary>
internal sealed class OnceStore : IDisposable
{
    private const int MaxTogether = 64;
    private const int RowsKept = 100_000;
    private const long BytesKept = 256 << 20;
    private const int TrimEach = 256;

    private const int Begun = 0;
    private const int Answered = 1;
    private const int NotKept = 2;
    private const int Unknown = 3;

    private readonly string _path;
    private readonly ProcessIdentity _self;
    private readonly TimeProvider _time;
    private readonly Channel<Work> _work = Channel.CreateUnbounded<Work>(new() { SingleReader = true });
    private readonly Thread _thread;
    private SqliteConnection? _connection;
    private int _begun;

    public OnceStore(string path, ProcessIdentity self, TimeProvider time)
    {
        (_path, _self, _time) = (path, self, time);
        _thread = new(Run) { IsBackground = true, Name = "once" };
        _thread.Start();
    }

    /// <exception cref="OnceStoreException">It cannot be read or written.</exception>
    public Task<OnceFound> BeginAsync(byte[] key, byte[] fingerprint, TimeSpan ttl) => DoAsync(connection => Begin(connection, key, fingerprint, ttl));

    /// <exception cref="OnceStoreException">It cannot be written.</exception>
    public Task AnsweredAsync(byte[] key, StoredAnswer? answer, TimeSpan ttl) => DoAsync(connection => Execute(
        connection,
        "UPDATE once SET state = $1, expires = $2, status = $3, fields = $4, body = $5 WHERE key = $0",
        key,
        answer is null ? NotKept : Answered,
        Now() + (long)ttl.TotalMilliseconds,
        answer?.Status ?? 0,
        answer is null ? "" : JsonSerializer.Serialize([.. answer.Fields.Select(f => (string[])[f.Key, f.Value])], OnceJson.Default.StringArrayArray),
        answer?.Body ?? []));

    /// <summary>It never reached the service.</summary>
    public Task ForgetAsync(byte[] key) => DoAsync(connection => Execute(connection, "DELETE FROM once WHERE key = $0", key));

    /// <summary>It may have been done.</summary>
    public Task DoubtAsync(byte[] key) => DoAsync(connection => Execute(connection, "UPDATE once SET state = $1 WHERE key = $0", key, Unknown));

    public void Dispose()
    {
        _work.Writer.TryComplete();
        _thread.Join();
        _connection?.Dispose();
    }

    private async Task<T> DoAsync<T>(Func<SqliteConnection, T> what)
    {
        var done = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _work.Writer.TryWrite(new(c => what(c), done)) ? (T)(await done.Task)! : throw new OnceStoreException("the edge ends", null);
    }

    private void Run()
    {
        var reader = _work.Reader;
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            var together = new List<Work>();
            while (together.Count < MaxTogether && reader.TryRead(out var work))
            {
                together.Add(work);
            }

            Commit(together);
        }
    }

    private void Commit(List<Work> together)
    {
        try
        {
            var connection = _connection ??= Open(_path);
            var results = new List<object?>();
            using (var transaction = connection.BeginTransaction(deferred: false))
            {
                results.AddRange(together.Select(work => work.What(connection)));
                transaction.Commit();
            }

            foreach (var (work, result) in together.Zip(results))
            {
                work.Done.SetResult(result);
            }
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            _connection?.Dispose();
            _connection = null;
            together.ForEach(work => work.Done.TrySetException(new OnceStoreException($"{_path} could not be used: {e.Message}", e)));
        }
    }

    private OnceFound Begin(SqliteConnection connection, byte[] key, byte[] fingerprint, TimeSpan ttl)
    {
        var now = Now();
        if (Find(connection, key, fingerprint, now) is { } found)
        {
            return found;
        }

        if (_begun++ % TrimEach == 0)
        {
            Trim(connection, now);
        }

        Execute(
            connection,
            "INSERT OR REPLACE INTO once (key, fingerprint, state, pid, start, expires, status, fields, body) VALUES ($0, $1, $2, $3, $4, $5, 0, '', x'')",
            key, fingerprint, Begun, _self.Pid, _self.StartTicks, now + (long)ttl.TotalMilliseconds);
        return new(OnceState.New);
    }

    private static OnceFound? Find(SqliteConnection connection, byte[] key, byte[] fingerprint, long now)
    {
        using var command = Command(connection, "SELECT fingerprint, state, pid, start, expires, status, fields, body FROM once WHERE key = $0", key);
        using var row = command.ExecuteReader();
        if (!row.Read() || row.GetInt64(4) <= now)
        {
            return null;
        }

        return row.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(fingerprint)
            ? row.GetInt32(1) switch
            {
                Answered => new(OnceState.Answered, new(row.GetInt32(5), Fields(row.GetString(6)), row.GetFieldValue<byte[]>(7))),
                NotKept => new(OnceState.NotKept),
                Begun when IsAlive(new(row.GetInt32(2), row.GetInt64(3))) => new(OnceState.Running),
                _ => new(OnceState.Unknown),
            }
            : new(OnceState.Reused);
    }

    private static ImmutableArray<KeyValuePair<string, string>> Fields(string json) =>
        [.. JsonSerializer.Deserialize(json, OnceJson.Default.StringArrayArray)!.Select(f => KeyValuePair.Create(f[0], f[1]))];

    private static bool IsAlive(ProcessIdentity worker)
    {
        using var process = PidFd.Open(worker);
        return process is not null;
    }

    private static void Trim(SqliteConnection connection, long now)
    {
        Execute(connection, "DELETE FROM once WHERE expires <= $0", now);
        using var count = Command(connection, "SELECT count(*), coalesce(sum(length(body)), 0) FROM once");
        using var row = count.ExecuteReader();
        row.Read();
        if (row.GetInt64(0) > RowsKept || row.GetInt64(1) > BytesKept)
        {
            Execute(connection, "DELETE FROM once WHERE key IN (SELECT key FROM once WHERE state <> $0 ORDER BY expires LIMIT $1)", Begun, Math.Max(1, row.GetInt64(0) / 4));
        }
    }

    private static SqliteConnection Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!File.Exists(path))
        {
            using (File.Open(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
            }
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            connection.Open();
            foreach (var sql in (string[])["PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA journal_size_limit = 16777216", "PRAGMA temp_store = MEMORY", Schema])
            {
                Execute(connection, sql);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // With a rowid: in a table without, SQLite reads whole bodies on its way to a key.
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS once (
            key BLOB PRIMARY KEY, fingerprint BLOB NOT NULL, state INTEGER NOT NULL, pid INTEGER NOT NULL, start INTEGER NOT NULL, expires INTEGER NOT NULL,
            status INTEGER NOT NULL, fields TEXT NOT NULL, body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX IF NOT EXISTS once_expires ON once (expires);
        """;

    private static int Execute(SqliteConnection connection, string sql, params object[] values)
    {
        using var command = Command(connection, sql, values);
        return command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params object[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"${i}"), values[i]);
        }

        return command;
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record Work(Func<SqliteConnection, object?> What, TaskCompletionSource<object?> Done);
}

/// <summary>Nobody can say whether something was done before.</summary>
internal sealed class OnceStoreException(string message, Exception? inner) : Exception(message, inner);

[JsonSerializable(typeof(string[][]))]
internal sealed partial class OnceJson : JsonSerializerContext;
