using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Mainstay.Edge.Forwarding;

/// <summary>A growing rented buffer in which a request head (and a small body) is put together.</summary>
internal struct HeadBuffer
{
    private const int Initial = 2048;

    private byte[]? _bytes;
    private int _length;

    public readonly ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public readonly int Length => _length;

    public void Truncate(int length) => _length = length;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Space(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Latin-1: the reverse of how the server read it.</summary>
    public void Write(ReadOnlySpan<char> text) => _length += Encoding.Latin1.GetBytes(text, Space(text.Length));

    public void Write(long number)
    {
        Utf8Formatter.TryFormat(number, Space(20), out var written);
        _length += written;
    }

    /// <summary>One header line.</summary>
    public void Field(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        var space = Space(name.Length + value.Length + 4);
        var at = Encoding.Latin1.GetBytes(name, space);
        space[at++] = (byte)':';
        space[at++] = (byte)' ';
        at += Encoding.Latin1.GetBytes(value, space[at..]);
        space[at++] = (byte)'\r';
        space[at++] = (byte)'\n';
        _length += at;
    }

    public void Release()
    {
        if (_bytes is { } bytes)
        {
            _bytes = null;
            _length = 0;
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private Span<byte> Space(int wanted)
    {
        if (_bytes is null)
        {
            _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(Initial, wanted));
        }
        else if (_bytes.Length - _length < wanted)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + wanted));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(_length);
    }
}
