namespace Mainstay.SegmentLog;

/// <summary>One record as it was appended.</summary>
/// <param name="Offset">Its number in the log, from 0, without gaps but for what retention took.</param>
/// <param name="At">When it was appended, by the clock of the log; to the millisecond.</param>
/// <param name="Key">What it belongs to, at most 65,535 bytes. The log gives no meaning to it, to the headers, or to the payload.</param>
public sealed record LogRecord(long Offset, DateTimeOffset At, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Headers, ReadOnlyMemory<byte> Payload);
