namespace Mainstay.SegmentLog;

/// <summary>What happens to an append when the log has as many bytes as it may.</summary>
public enum FullPolicy
{
    /// <summary>The oldest segment goes, and whoever watches <see cref="DurableLog.Dropped"/> hears which records went with it.</summary>
    DropOldest,

    /// <summary>The append fails with <see cref="LogFullException"/>; nothing that is stored is lost.</summary>
    Reject,
}

/// <summary>The limits of a log.</summary>
/// <param name="SegmentBytes">A segment that is larger is closed and another begun; retention works in whole segments.</param>
/// <param name="MaxBytes">Of all segments together.</param>
/// <param name="MaxAge">A segment whose newest record is older goes; null: however old.</param>
/// <param name="MaxRecordBytes">Key, headers and payload of one record together.</param>
/// <param name="MaxPendingBytes">Appended and not yet on disk; who appends more waits.</param>
public sealed record LogOptions(
    long SegmentBytes = 64L << 20,
    long MaxBytes = 1L << 30,
    TimeSpan? MaxAge = null,
    FullPolicy WhenFull = FullPolicy.DropOldest,
    int MaxRecordBytes = 16 << 20,
    int MaxPendingBytes = 32 << 20)
{
    /// <summary>Of a log that may hold little, no segment is more than a quarter: else its retention would take nearly everything at once.</summary>
    internal long EffectiveSegmentBytes => Math.Max(4096, Math.Min(SegmentBytes, MaxBytes / 4));
}
