using Mainstay.SegmentLog;

namespace Mainstay.Realtime.Adapters.Log;

/// <summary>Streams as durable logs on this machine, for those who run no broker: one folder for each stream, in it one log for each process that writes.</summary>
/// <param name="directory">Of all streams.</param>
/// <param name="retention">How long a record stays at least.</param>
/// <param name="maxBytes">Of one log; what is more is refused rather than taken from what was acknowledged.</param>
public sealed class LogBroker(string directory, TimeSpan retention, long maxBytes, TimeProvider time) : IBroker
{
    private int _sessions;

    public string Name => "log";

    public Task<IBrokerSession> ConnectAsync(CancellationToken token)
    {
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromException<IBrokerSession>(new BrokerDownException($"the folder {directory} cannot be written: {e.Message}", e));
        }

        var options = new LogOptions(MaxBytes: maxBytes, MaxAge: retention, WhenFull: FullPolicy.Reject);
        return Task.FromResult<IBrokerSession>(new LogSession(directory, options, Interlocked.Increment(ref _sessions), time));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
