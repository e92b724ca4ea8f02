using System.Text;

namespace Mainstay.Cli.Connection;

/// <summary>Reads lines and blocks from one stream through one buffer.</summary>
internal sealed class BufferedReader(Stream stream) : IDisposable
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _from;
    private int _to;

    /// <summary>A line without its end (LF or CRLF), or null at the end of the stream. Throws <see cref="IOException"/> when it is longer than <paramref name="limit"/>.</summary>
    public async ValueTask<string?> ReadLineAsync(int limit, CancellationToken token)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_from == _to && !await FillAsync(token))
            {
                return line.Length == 0 ? null : throw new EndOfStreamException("the answer ended within a line");
            }

            var end = _buffer.AsSpan(_from, _to - _from).IndexOf((byte)'\n');
            var taken = end < 0 ? _to - _from : end;
            line.Append(Encoding.Latin1.GetString(_buffer, _from, taken));
            _from += end < 0 ? taken : taken + 1;
            if (line.Length > limit)
            {
                throw new IOException($"a line of the answer's head is longer than {limit} bytes");
            }

            if (end >= 0)
            {
                return line.Length > 0 && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : line.ToString();
            }
        }
    }

    /// <summary>Up to <paramref name="into"/>'s length; 0 at the end of the stream.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken token)
    {
        if (into.IsEmpty || (_from == _to && !await FillAsync(token)))
        {
            return 0;
        }

        var count = Math.Min(into.Length, _to - _from);
        _buffer.AsMemory(_from, count).CopyTo(into);
        _from += count;
        return count;
    }

    public void Dispose() => stream.Dispose();

    private async ValueTask<bool> FillAsync(CancellationToken token)
    {
        _from = 0;
        _to = await stream.ReadAsync(_buffer, token);
        return _to > 0;
    }
}
