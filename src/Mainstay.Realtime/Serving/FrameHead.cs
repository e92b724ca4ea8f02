using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;

namespace Mainstay.Realtime.Serving;

/// <summary>The head of a server's frame that is a whole message (RFC 6455, 5.2): final, unmasked, not compressed.</summary>
internal static class FrameHead
{
    private const int Final = 0x80;
    private const int Text = 0x1;
    private const int Binary = 0x2;

    /// <param name="length">Below 65,536 bytes.</param>
    public static void Write(IBufferWriter<byte> output, WebSocketMessageType type, int length)
    {
        var head = output.GetSpan(4);
        head[0] = (byte)(Final | (type is WebSocketMessageType.Text ? Text : Binary));
        if (length < 126)
        {
            head[1] = (byte)length;
            output.Advance(2);
        }
        else
        {
            head[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(head[2..], checked((ushort)length));
            output.Advance(4);
        }
    }
}
