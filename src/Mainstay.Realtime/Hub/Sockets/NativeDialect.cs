using System.Collections.Immutable;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Hub.Sockets;

/// <summary>mainstay.hub.v1 itself: a message is a text frame.</summary>
internal sealed class NativeDialect : IHubDialect
{
    public static readonly NativeDialect Instance = new();

    private NativeDialect()
    {
    }

    public ImmutableArray<ReadOnlyMemory<byte>> First => [];

    public FrameRead Read(Message received)
    {
        if (received.Kind is MessageKind.Binary)
        {
            return FrameRead.Nothing with { Close = HubClose.NotText };
        }

        var read = MessageReader.Read(received.Bytes);
        return new(read.Message is { } message ? [message] : [], []) { Error = read.Error, Close = read.Close };
    }

    public FrameWritten Write(ReadOnlyMemory<byte> frame) => new([frame], []);

    public HubMessage.Hello? Agree(HubMessage.Hello hello, Identity who) => hello;

    public ImmutableArray<HubMessage> Start(Identity who) => [];

    public ImmutableArray<ReadOnlyMemory<byte>> Farewell(HubClose code, string reason) => [];
}
