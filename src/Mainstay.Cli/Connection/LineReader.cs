namespace Mainstay.Cli.Connection;

/// <summary>Newline-delimited JSON, line by line, as bytes.</summary>
internal sealed class LineReader(Stream stream)
{
    /// <summary>A last line with many failure reports is large; anything beyond this is a fault.</summary>
    private const int MaxLineBytes = 16 * 1024 * 1024;

    private byte[] _buffer = new byte[16 * 1024];
    private int _from;
    private int _to;

    /// <summary>The next non-empty line, valid until the next call; null at the end. A last line without its line end counts as cut off and is dropped.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken token)
    {
        var searched = _from;
        while (true)
        {
            var end = _buffer.AsSpan(searched, _to - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = _buffer.AsMemory(_from, searched + end - _from);
                _from = searched = searched + end + 1;
                if (!line.Span.Trim(" \t\r"u8).IsEmpty)
                {
                    return line;
                }

                continue;
            }

            MakeRoom();
            searched = _to;
            var count = await stream.ReadAsync(_buffer.AsMemory(_to), token);
            if (count == 0)
            {
                return null;
            }

            _to += count;
        }
    }

    private void MakeRoom()
    {
        if (_from > 0)
        {
            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            (_from, _to) = (0, _to - _from);
        }

        if (_to == _buffer.Length)
        {
            if (_buffer.Length >= MaxLineBytes)
            {
                throw new IOException($"the daemon sent a line longer than {MaxLineBytes} bytes");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }
}
