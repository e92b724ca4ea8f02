using System.Collections.Immutable;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Hub.Sockets;

/// <summary>How one connection writes what the hub and its clients say. Read is called by the connection's reader, the rest by anybody.</summary>
internal interface IHubDialect
{
    /// <summary>Sent before anything is read.</summary>
    ImmutableArray<ReadOnlyMemory<byte>> First { get; }

    /// <param name="received">A whole text or binary message.</param>
    FrameRead Read(Message received);

    /// <param name="frame">A message of the hub, as mainstay.hub.v1 has it.</param>
    FrameWritten Write(ReadOnlyMemory<byte> frame);

    /// <summary>What a <c>hello</c> means for who it turned out to be; null when it says of itself what is not so.</summary>
    HubMessage.Hello? Agree(HubMessage.Hello hello, Identity who);

    /// <summary>What is taken as said by one who was let in.</summary>
    ImmutableArray<HubMessage> Start(Identity who);

    /// <summary>Sent before a close.</summary>
    ImmutableArray<ReadOnlyMemory<byte>> Farewell(HubClose code, string reason);
}

/// <summary>What a received frame was.</summary>
/// <param name="Messages">In order.</param>
/// <param name="Replies">Frames that answer it without the hub.</param>
internal sealed record FrameRead(ImmutableArray<HubMessage> Messages, ImmutableArray<ReadOnlyMemory<byte>> Replies)
{
    public static readonly FrameRead Nothing = new([], []);

    /// <summary>What was wrong with it; it counts as a bad message.</summary>
    public HubError? Error { get; init; }

    /// <summary>The connection must end.</summary>
    public HubClose? Close { get; init; }

    /// <summary>The client ends it.</summary>
    public bool IsEnd { get; init; }
}

/// <summary>What is sent for a message of the hub.</summary>
/// <param name="Own">What the client is taken to have said to it.</param>
internal sealed record FrameWritten(ImmutableArray<ReadOnlyMemory<byte>> Frames, ImmutableArray<HubMessage> Own)
{
    public static readonly FrameWritten Nothing = new([], []);
}
