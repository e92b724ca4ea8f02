using System.Buffers.Binary;

namespace Mainstay.Edge.WebSockets;

/// <summary>Knows where frames end in one direction of a WebSocket, from headers alone, however the bytes are divided into reads.</summary>
/// <remarks>Payloads are neither read nor unmasked, so extensions such as permessage-deflate pass.</remarks>
internal struct FrameTracker
{
    private const byte CloseOpcode = 0x8;

    private ulong _header0;
    private ulong _header1;
    private int _have;
    private long _payload;
    private bool _isClose;

    /// <summary>Another frame may be put in here.</summary>
    public readonly bool AtBoundary => _have == 0 && _payload == 0 && !IsBroken;

    /// <summary>A Close frame has gone by completely; nothing may follow it.</summary>
    public bool ClosePassed { get; private set; }

    /// <summary>The bytes are no frames (RFC 6455 5.2); their boundaries are unknown from here on.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Takes bytes up to the end of the frame that they stand in or begin, or all of them; returns how many.</summary>
    public int Next(ReadOnlySpan<byte> bytes)
    {
        if (IsBroken)
        {
            return bytes.Length;
        }

        var taken = 0;
        while (_payload == 0 && taken < bytes.Length)
        {
            Put(_have++, bytes[taken++]);
            if (_have < 2 || _have < HeaderLength)
            {
                continue;
            }

            if (!TryEndHeader())
            {
                IsBroken = true;
                return bytes.Length;
            }

            if (_payload == 0)
            {
                EndFrame();
                return taken;
            }
        }

        var payload = (int)Math.Min(_payload, bytes.Length - taken);
        _payload -= payload;
        if (payload > 0 && _payload == 0)
        {
            EndFrame();
        }

        return taken + payload;
    }

    /// <summary>Takes all bytes.</summary>
    public void Skip(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[Next(bytes)..];
        }
    }

    private readonly int HeaderLength => 2 + LengthBytes + ((Get(1) & 0x80) != 0 ? 4 : 0);

    private readonly int LengthBytes => (Get(1) & 0x7F) switch
    {
        126 => 2,
        127 => 8,
        _ => 0,
    };

    private bool TryEndHeader()
    {
        Span<byte> header = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(header, _header0);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], _header1);
        _payload = LengthBytes switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            8 => BinaryPrimitives.ReadInt64BigEndian(header[2..]),
            _ => header[1] & 0x7F,
        };
        _isClose = (header[0] & 0x0F) == CloseOpcode;
        (_have, _header0, _header1) = (0, 0, 0);
        return _payload >= 0;
    }

    private void EndFrame() => ClosePassed |= _isClose;

    private void Put(int index, byte value)
    {
        if (index < 8)
        {
            _header0 |= (ulong)value << (index * 8);
        }
        else
        {
            _header1 |= (ulong)value << ((index - 8) * 8);
        }
    }

    private readonly byte Get(int index) => (byte)(_header0 >> (index * 8));
}
