using System.Buffers.Binary;

namespace Mainstay.Realtime.Serving;

/// <summary>
/// Finds the pongs among the bytes that come from a peer: the WebSocket takes them in and tells nobody. Only heads of frames are looked at, and of pongs the first eight bytes; what is no WebSocket frame
/// is the WebSocket's to refuse.
/// </summary>
internal struct PongReader
{
    private const byte Pong = 0xA;
    private const int NumberBytes = 8;

    private Buffer _head;
    private int _headLength;
    private long _payloadLeft;
    private ulong _number;
    private int _numberLength;

    /// <returns>The number in the last pong among these bytes; null when there was none.</returns>
    public ulong? Read(ReadOnlySpan<byte> bytes)
    {
        ulong? found = null;
        while (!bytes.IsEmpty)
        {
            if (_payloadLeft == 0)
            {
                _head[_headLength++] = bytes[0];
                bytes = bytes[1..];
                if (_headLength < HeadBytes())
                {
                    continue;
                }

                (_payloadLeft, _number, _numberLength) = (Payload(), 0, 0);
            }

            var taken = (int)Math.Min(_payloadLeft, bytes.Length);
            Collect(bytes[..taken]);
            bytes = bytes[taken..];
            _payloadLeft -= taken;
            if (_payloadLeft == 0)
            {
                found = IsPong && _numberLength == NumberBytes ? _number : found;
                _headLength = 0;
            }
        }

        return found;
    }

    private readonly bool IsPong => (_head[0] & 0xF) == Pong;

    private readonly bool IsMasked => _headLength > 1 && (_head[1] & 0x80) != 0;

    private readonly int LengthBytes => _headLength < 2 ? 0 : (_head[1] & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 };

    private readonly int HeadBytes() => 2 + LengthBytes + (IsMasked ? 4 : 0);

    private readonly long Payload() => LengthBytes switch
    {
        2 => BinaryPrimitives.ReadUInt16BigEndian(_head[2..4]),
        8 => BinaryPrimitives.ReadInt64BigEndian(_head[2..10]) & long.MaxValue,
        _ => _head[1] & 0x7F,
    };

    private void Collect(ReadOnlySpan<byte> payload)
    {
        if (!IsPong)
        {
            return;
        }

        var mask = _head[(HeadBytes() - 4)..HeadBytes()];
        foreach (var b in payload)
        {
            if (_numberLength == NumberBytes)
            {
                return;
            }

            _number = (_number << 8) | (byte)(IsMasked ? b ^ mask[_numberLength % 4] : b);
            _numberLength++;
        }
    }

    [System.Runtime.CompilerServices.InlineArray(14)]
    private struct Buffer
    {
        private byte _first;
    }
}
