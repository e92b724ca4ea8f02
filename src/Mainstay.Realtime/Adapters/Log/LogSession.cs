using System.Globalization;
using Mainstay.SegmentLog;

namespace Mainstay.Realtime.Adapters.Log;

/// <summary>The logs that this process writes, opened when something is first written to their stream.</summary>
internal sealed class LogSession(string directory, LogOptions options, int number, TimeProvider time) : IBrokerSession
{
    private const int MaxStreams = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DurableLog> _logs = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ended => _ended.Task;

    public string Because { get; private set; } = "";

    public Task AppendAsync(StreamRecord record)
    {
        try
        {
            // In the lock, so that records have the order of the calls also in a log that is being opened.
            lock (_gate)
            {
                if (_ended.Task.IsCompleted)
                {
                    return Task.FromException(new BrokerDownException(Because));
                }

                return StoredAsync(LogOf(record.Topic).AppendAsync(new[] { RecordForm.Write(record) }, CancellationToken.None));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromException(End(e));
        }
    }

    public async ValueTask DisposeAsync()
    {
        End(new IOException("it was closed"));
        foreach (var log in _logs.Values)
        {
            await log.DisposeAsync();
        }
    }

    /// <summary>The folder of a stream: whatever its name, one step below.</summary>
    internal static string FolderOf(string topic) => "stream-" + Uri.EscapeDataString(topic);

    private async Task StoredAsync(Task<long> appended)
    {
        try
        {
            await appended.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw End(e);
        }
    }

    private DurableLog LogOf(string topic)
    {
        if (_logs.TryGetValue(topic, out var log))
        {
            return log;
        }

        if (_logs.Count == MaxStreams)
        {
            throw new IOException($"there are {MaxStreams} streams already; put the tenant into the key instead of the stream's name");
        }

        var folder = Path.Combine(directory, FolderOf(topic));
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return _logs[topic] = Resume(folder) ?? DurableLog.Open(Path.Combine(folder, NewName()), options, time);
    }

    /// <summary>The newest log that nobody writes any more: a restart goes on in the same.</summary>
    private DurableLog? Resume(string folder)
    {
        foreach (var known in Directory.EnumerateDirectories(folder).OrderDescending(StringComparer.Ordinal))
        {
            try
            {
                return DurableLog.Open(known, options, time);
            }
            catch (LogInUseException)
            {
                // Its process lives.
            }
        }

        return null;
    }

    private string NewName() => string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow().ToUnixTimeMilliseconds():D14}-{Environment.ProcessId}-{number}");

    private BrokerDownException End(Exception why)
    {
        lock (_gate)
        {
            Because = Because.Length > 0 ? Because : why.Message;
        }

        _ended.TrySetResult();
        return new(Because, why);
    }
}
