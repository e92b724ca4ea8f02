using System.Buffers.Text;

namespace Mainstay.Realtime.Adapters.Redis;

/// <summary>What the server sent is not RESP2, or is beyond the limits of <see cref="RespReader"/>.</summary>
internal sealed class RespException(string message) : Exception(message);

/// <summary>
/// Reads answers out of bytes that come in any division. It goes on where it stopped: nothing is parsed twice, however slowly an answer comes. One that is too large is refused when its
/// length is told, before any memory is taken for it.
/// </summary>
internal sealed class RespReader
{
    /// <summary>Of one answer, all its parts together. The largest that we ask for is a section of INFO, some KiB.</summary>
    public const int MaxReplyBytes = 16 * 1024 * 1024;

    /// <summary>Arrays within arrays.</summary>
    public const int MaxDepth = 8;

    /// <summary>Of a line: a simple string, an error, a number.</summary>
    public const int MaxLineBytes = 64 * 1024;

    private const int InitialBuffer = 16 * 1024;
    private const int SmallestItem = 3;
    private const int NoBulk = -1;

    private readonly Stack<(int Count, List<RespReply> Items)> _open = [];
    private byte[] _buffer = new byte[InitialBuffer];
    private int _start;
    private int _end;
    private int _searched;
    private int _bulk = NoBulk;
    private int _used;

    /// <summary>True in the middle of an answer, and when bytes wait to be read.</summary>
    public bool HasUnfinished => _start != _end || _bulk != NoBulk || _open.Count > 0;

    /// <summary>Where the next bytes belong; never empty.</summary>
    public Memory<byte> Room()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_end, _searched, _start) = (_end - _start, Math.Max(0, _searched - _start), 0);
        }

        if (_buffer.Length - _end < _buffer.Length / 4)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        return _buffer.AsMemory(_end);
    }

    /// <summary>Counts in what was put into <see cref="Room"/>.</summary>
    public void Filled(int count) => _end += count;

    /// <summary>The next whole answer; false when more bytes are needed for it.</summary>
    /// <exception cref="RespException">These bytes are no answer; nothing behind them can be understood.</exception>
    public bool TryRead(out RespReply reply)
    {
        while (TryItem(out var item))
        {
            if (item is not { } whole)
            {
                continue;
            }

            while (_open.TryPeek(out var array))
            {
                array.Items.Add(whole);
                if (array.Items.Count < array.Count)
                {
                    break;
                }

                _open.Pop();
                whole = RespReply.Of(array.Items);
            }

            if (_open.Count == 0)
            {
                _used = 0;
                reply = whole;
                return true;
            }
        }

        reply = default;
        return false;
    }

    /// <summary>Reads a scalar, or the head of an array or a bulk string; then <paramref name="item"/> is null.</summary>
    private bool TryItem(out RespReply? item)
    {
        item = null;
        if (_bulk != NoBulk)
        {
            return TryBulk(out item);
        }

        if (!TryLine(out var line))
        {
            return false;
        }

        var rest = line[1..];
        item = line[0] switch
        {
            (byte)'+' => RespReply.Of(RespKind.Simple, rest.ToArray()),
            (byte)'-' => RespReply.Of(RespKind.Error, rest.ToArray()),
            (byte)':' => RespReply.Of(Number(rest)),
            (byte)'$' => Bulk(Number(rest)),
            (byte)'*' => Open(Number(rest)),
            var sign => throw new RespException($"a reply begins with the byte 0x{sign:x2}, which the protocol does not have"),
        };
        return true;
    }

    private RespReply? Bulk(long length)
    {
        if (length == -1)
        {
            return RespReply.Nothing;
        }

        Demand(length >= 0, "a string has a negative length");
        Demand(length <= MaxReplyBytes - _used, TooLarge);
        _bulk = (int)length;
        return null;
    }

    private bool TryBulk(out RespReply? item)
    {
        item = null;
        if (_end - _start < _bulk + 2)
        {
            return false;
        }

        var bytes = _buffer.AsSpan(_start, _bulk + 2);
        Demand(bytes[^2..].SequenceEqual("\r\n"u8), "a string does not end where its length says");
        item = RespReply.Of(RespKind.Bulk, bytes[..^2].ToArray());
        Use(bytes.Length);
        _bulk = NoBulk;
        return true;
    }

    private RespReply? Open(long count)
    {
        if (count == -1)
        {
            return RespReply.Nothing;
        }

        Demand(count >= 0, "an array has a negative length");
        Demand(_open.Count < MaxDepth, $"a reply is nested deeper than {MaxDepth}");
        Demand(count <= (MaxReplyBytes - _used) / SmallestItem, TooLarge);
        if (count == 0)
        {
            return RespReply.Of([]);
        }

        // The list grows with what comes, not with what was announced.
        _open.Push(((int)count, []));
        return null;
    }

    /// <summary>The next line without its end; it stays valid until <see cref="Room"/> is asked for.</summary>
    private bool TryLine(out ReadOnlySpan<byte> line)
    {
        line = default;
        _searched = Math.Max(_searched, _start);
        var unsearched = _buffer.AsSpan(_searched, _end - _searched);
        var at = unsearched.IndexOfAny((byte)'\r', (byte)'\n');
        var length = (at < 0 ? _end : _searched + at) - _start;
        Demand(length <= MaxLineBytes, $"a line is longer than {MaxLineBytes / 1024} KiB");
        if (at < 0 || length + 1 >= _end - _start)
        {
            Demand(at < 0 || unsearched[at] == '\r', BrokenLine);
            _searched = _start + length;
            return false;
        }

        Demand(length > 0 && _buffer[_start + length] == '\r' && _buffer[_start + length + 1] == '\n', BrokenLine);
        line = _buffer.AsSpan(_start, length);
        Use(length + 2);
        return true;
    }

    private void Use(int count)
    {
        _start += count;
        _used += count;
        Demand(_used <= MaxReplyBytes, TooLarge);
    }

    /// <summary>Digits and perhaps a minus, and nothing else: what can be read in two ways is broken.</summary>
    private static long Number(ReadOnlySpan<byte> digits)
    {
        Demand(Utf8Parser.TryParse(digits, out long number, out var used) && used == digits.Length && digits[0] != '+', "a number is none");
        return number;
    }

    private static void Demand(bool held, string otherwise)
    {
        if (!held)
        {
            throw new RespException(otherwise);
        }
    }

    private const string BrokenLine = "a line does not end with CR LF";
    private static readonly string TooLarge = $"a reply is larger than {MaxReplyBytes / (1024 * 1024)} MiB";
}
