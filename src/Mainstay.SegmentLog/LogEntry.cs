namespace Mainstay.SegmentLog;

/// <summary>A record before it has a place in a log.</summary>
/// <param name="Key">What it belongs to, at most 65,535 bytes. The log gives no meaning to it, to the headers, or to the payload.</param>
public readonly record struct LogEntry(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Headers, ReadOnlyMemory<byte> Payload)
{
    internal int StoredBytes => RecordFormat.SizeOf(Key.Length, Headers.Length, Payload.Length);

    internal LogEntry Copy() => new(Key.ToArray(), Headers.ToArray(), Payload.ToArray());
}
