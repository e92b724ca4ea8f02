using System.Buffers;

namespace Mainstay.SegmentLog;

/// <summary>Records that go to disk together and become readable together: one write, one flush, one answer for all of them.</summary>
internal sealed class Batch
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly TaskCompletionSource<long> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Encodes a record; what comes back completes with its offset when it is on disk.</summary>
    public Task<long> AddAsync(long time, ReadOnlySpan<byte> key, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        var size = RecordFormat.SizeOf(key.Length, headers.Length, payload.Length);
        RecordFormat.Write(_bytes.GetSpan(size)[..size], time, key, headers, payload);
        _bytes.Advance(size);
        return Count++ == 0 ? _first.Task : OffsetAsync(Count - 1);
    }

    public void Stored(long first) => _first.TrySetResult(first);

    public void Failed(Exception fault) => _first.TrySetException(fault);

    private async Task<long> OffsetAsync(int index) => await _first.Task + index;
}
