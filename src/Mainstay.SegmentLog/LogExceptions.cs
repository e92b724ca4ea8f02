namespace Mainstay.SegmentLog;

/// <summary>The log may not grow (<see cref="LogOptions.MaxBytes"/>), or the disk cannot. What was appended before is safe, and a later append may succeed.</summary>
public sealed class LogFullException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>The disk did not keep what it was given. Nothing more is appended to this log until it is opened again: what a failed flush left in memory cannot be trusted.</summary>
public sealed class LogBrokenException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>Another process has the log open.</summary>
public sealed class LogInUseException(string message) : IOException(message);

/// <summary>A stored record is not what was written. Reading goes on at <see cref="NextReadable"/>; what lies between is lost.</summary>
public sealed class LogDamagedException(long offset, long nextReadable, string message) : IOException(message)
{
    public long Offset => offset;

    public long NextReadable => nextReadable;
}
