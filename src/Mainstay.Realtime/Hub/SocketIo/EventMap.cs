using System.Collections.Immutable;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;

namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>Which Socket.IO events mean which messages of the hub, both ways; docs/wire/socketio.md.</summary>
internal sealed record EventMap
{
    public string Namespace { get; init; } = SocketPacket.Root;

    /// <summary>Over the handshake's <c>auth</c>.</summary>
    public JsonTemplate Hello { get; init; } = JsonTemplate.All;

    /// <summary>What <c>auth</c> says of the role; it is compared with the token's. Null: nothing.</summary>
    public JsonTemplate? Role { get; init; }

    public ImmutableDictionary<string, IdentityKind> Roles { get; init; } = ImmutableDictionary<string, IdentityKind>.Empty;

    /// <summary>What is taken as said behind <c>hello</c>.</summary>
    public ImmutableDictionary<IdentityKind, ImmutableArray<HubMessage>> Start { get; init; } = ImmutableDictionary<IdentityKind, ImmutableArray<HubMessage>>.Empty;

    public required ImmutableDictionary<string, EventIn> In { get; init; }

    public ImmutableDictionary<IdentityKind, EventOut> Welcome { get; init; } = ImmutableDictionary<IdentityKind, EventOut>.Empty;

    public ImmutableDictionary<string, RequestOut> Requests { get; init; } = ImmutableDictionary<string, RequestOut>.Empty;

    public ImmutableArray<(NamePattern Room, EventOut Event)> Rooms { get; init; } = [];

    public ImmutableArray<(NamePattern Of, JsonTemplate Item, EventOut Event)> States { get; init; } = [];

    public EventOut? Update { get; init; }

    public EventOut? Error { get; init; }

    public EventOut? Drain { get; init; }

    public EventOut? Cancel { get; init; }
}

/// <summary>What an event of a client says.</summary>
/// <param name="Message">Over its first argument.</param>
/// <param name="Each">A list in that argument: one message for each item; null: one.</param>
/// <param name="Reply">The ACK's argument, over the answer.</param>
internal sealed record EventIn(JsonTemplate Message, TemplatePlace? Each, JsonTemplate Reply);

/// <summary>An event to a client.</summary>
internal sealed record EventOut(string Name, ImmutableArray<JsonTemplate> Arguments);

/// <summary>How a device hears of a request.</summary>
/// <param name="Answer">The result, over the argument of the ACK; null: the device answers by an event.</param>
/// <param name="AcceptedBySending">The device does not say when it begins.</param>
internal sealed record RequestOut(EventOut Event, JsonTemplate? Answer, bool AcceptedBySending);
