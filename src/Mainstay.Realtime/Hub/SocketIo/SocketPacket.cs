namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>Kinds of Socket.IO packets; the number is the one on the wire.</summary>
internal enum SocketPacketKind
{
    Connect = 0,
    Disconnect = 1,
    Event = 2,
    Ack = 3,
    ConnectError = 4,
    BinaryEvent = 5,
    BinaryAck = 6,
}

/// <summary>One Socket.IO packet (protocol 5), as its text says it; attachments come in frames of their own behind it.</summary>
/// <param name="Namespace">Begins with a slash.</param>
/// <param name="Id">Of an event whose sender wants an ACK, and of that ACK.</param>
/// <param name="Attachments">Binary frames that follow.</param>
/// <param name="Data">JSON; empty if there is none.</param>
internal sealed record SocketPacket(SocketPacketKind Kind, string Namespace, long? Id, int Attachments, ReadOnlyMemory<byte> Data)
{
    public const string Root = "/";

    public SocketPacket(SocketPacketKind kind, string name, long? id, ReadOnlyMemory<byte> data)
        : this(kind, name, id, 0, data)
    {
    }
}
