using Mainstay.Realtime.Adapters;

namespace Mainstay.Realtime.Inspect;

/// <summary>A stream of records that somebody looks at, without changing anything of it.</summary>
internal interface IStreamSource : IAsyncDisposable
{
    /// <summary>The records that are there, oldest first, and then, when they are followed, each as it comes.</summary>
    /// <exception cref="InspectException">It cannot be read.</exception>
    IAsyncEnumerable<SeenRecord> ReadAsync(StartPoint from, bool follow, CancellationToken token);
}

/// <param name="Position">Where it stands; what <c>--from</c> takes.</param>
internal sealed record SeenRecord(string Position, DateTimeOffset At, StreamRecord Record);

/// <summary>The user's to fix: one sentence.</summary>
internal sealed class InspectException(string message, Exception? inner = null) : Exception(message, inner);
