using System.Buffers;
using System.IO.Pipelines;

namespace Mainstay.Edge.Forwarding;

/// <summary>Passes a response's body on, and keeps it. A client that has gone away is not told of it to whoever writes: the answer is wanted all the same.</summary>
/// <param name="most">Bytes; of a longer body nothing is kept.</param>
internal sealed class ResponseRecorder(PipeWriter client, int most) : PipeWriter
{
    private readonly ArrayBufferWriter<byte> _kept = new();
    private Memory<byte> _given;

    /// <summary>Null when it is too long.</summary>
    public byte[]? Kept => IsTooLong ? null : _kept.WrittenSpan.ToArray();

    private bool IsTooLong { get; set; }

    public override bool CanGetUnflushedBytes => client.CanGetUnflushedBytes;

    public override long UnflushedBytes => client.UnflushedBytes;

    public override void Advance(int bytes)
    {
        if (!IsTooLong && _kept.WrittenCount + bytes <= most)
        {
            _kept.Write(_given.Span[..bytes]);
        }
        else
        {
            IsTooLong = true;
        }

        client.Advance(bytes);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _given = client.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await client.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It has gone.
        }

        return default;
    }

    public override void CancelPendingFlush() => client.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => client.Complete(exception);
}
