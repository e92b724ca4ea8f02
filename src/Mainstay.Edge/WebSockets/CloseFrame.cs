using System.Security.Cryptography;

namespace Mainstay.Edge.WebSockets;

/// <summary>The frame that says: this end is going away, connect again.</summary>
internal static class CloseFrame
{
    public const int GoingAway = 1001;

    /// <summary>As a server says it.</summary>
    public static byte[] ToClient() => [0x88, 2, GoingAway >> 8, GoingAway & 0xFF];

    /// <summary>As a client says it: masked.</summary>
    public static byte[] ToServer()
    {
        var frame = new byte[8];
        (frame[0], frame[1]) = (0x88, 0x80 | 2);
        var key = frame.AsSpan(2, 4);
        RandomNumberGenerator.Fill(key);
        frame[6] = (byte)((GoingAway >> 8) ^ key[0]);
        frame[7] = (byte)((GoingAway & 0xFF) ^ key[1]);
        return frame;
    }
}
