using System.Buffers;

namespace Mainstay.SegmentLog;

/// <summary>Records that go to disk together and become readable together: one write, one flush, one answer for all of them.</summary>
internal sealed class Batch
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly TaskCompletionSource<long> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Encodes records; what comes back completes with the offset of the first when all of them are on disk.</summary>
    public Task<long> AddAsync(long time, ReadOnlySpan<LogEntry> entries)
    {
        var index = Count;
        foreach (var entry in entries)
        {
            var size = entry.StoredBytes;
            RecordFormat.Write(_bytes.GetSpan(size)[..size], time, entry.Key.Span, entry.Headers.Span, entry.Payload.Span);
            _bytes.Advance(size);
            Count++;
        }

        return index == 0 ? _first.Task : OffsetAsync(index);
    }

    public void Stored(long first) => _first.TrySetResult(first);

    public void Failed(Exception fault) => _first.TrySetException(fault);

    private async Task<long> OffsetAsync(int index) => await _first.Task + index;
}
