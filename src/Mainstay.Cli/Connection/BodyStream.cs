using System.Globalization;

namespace Mainstay.Cli.Connection;

/// <summary>The body of one response: of a known length, in chunks, or until the connection closes. Read-only and forward-only.</summary>
internal sealed class BodyStream(BufferedReader reader, long? length, bool chunked) : Stream
{
    private const int MaxChunkHead = 1024;
    private long _left = length ?? 0;
    private bool _ended;
    private bool _begun;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Throws <see cref="EndOfStreamException"/> when the connection ends before the body does.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.IsEmpty)
        {
            return 0;
        }

        if (!chunked && length is null)
        {
            return await reader.ReadAsync(buffer, cancellationToken);
        }

        if (_left == 0 && !(chunked && await NextChunkAsync(cancellationToken)))
        {
            _ended = true;
            return 0;
        }

        var count = await reader.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        if (count == 0)
        {
            throw new EndOfStreamException("the connection ended before the answer did");
        }

        _left -= count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            reader.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<bool> NextChunkAsync(CancellationToken token)
    {
        if (_begun)
        {
            // The line end after the previous chunk's bytes.
            await reader.ReadLineAsync(MaxChunkHead, token);
        }

        _begun = true;
        var head = await reader.ReadLineAsync(MaxChunkHead, token) ?? throw new EndOfStreamException("the connection ended before the answer did");
        var digits = head.AsSpan();
        var semicolon = digits.IndexOf(';');
        digits = (semicolon < 0 ? digits : digits[..semicolon]).Trim();
        if (!long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left) || _left < 0)
        {
            throw new IOException("the answer's chunks are malformed");
        }

        return _left > 0;
    }
}
