using System.Collections.Immutable;
using System.Text.Json;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;

namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>What events and ACKs of a client say to the hub.</summary>
internal sealed record Translated(ImmutableArray<HubMessage> Messages)
{
    /// <summary>The ACK that needs no answer of the hub.</summary>
    public ReadOnlyMemory<byte>? Ack { get; init; }

    public HubError? Error { get; init; }

    public HubClose? Close { get; init; }
}

/// <summary>A packet for a client: an event, or an ACK.</summary>
internal readonly record struct Emitted(SocketPacketKind Kind, long? Id, ReadOnlyMemory<byte> Data);

/// <summary>Events to messages of the hub, and back, by the map or without one; docs/wire/socketio.md. One for each connection: it knows what is to be acknowledged.</summary>
/// <param name="map">Null: every message is the event <c>hub</c>.</param>
internal sealed class EventTranslation(EventMap? map)
{
    public const string DefaultEvent = "hub";
    private const string ErrorEvent = "exception";
    private const int MaxEach = 100;

    private static readonly JsonTemplate s_bareAnswer = Parsed("""{"ok":"{ok}","data":"{data}","error":"{error}"}""");
    private static readonly EventIn s_bareEvent = new(JsonTemplate.All, null, JsonTemplate.All);
    private static readonly EventOut s_bare = new(DefaultEvent, [JsonTemplate.All]);
    private static readonly EventOut s_error = new(ErrorEvent, [JsonTemplate.All]);
    private static readonly RequestOut s_bareRequest = new(s_bare, s_bareAnswer, AcceptedBySending: false);

    private readonly Lock _gate = new();
    private readonly WaitingAcks _waiting = new();
    private long _messages;

    /// <param name="packet">Its data is a list that begins with the event's name.</param>
    public Translated Event(SocketPacket packet)
    {
        using var document = JsonDocument.Parse(packet.Data, SocketPacketText.Depth);
        var list = document.RootElement;
        var name = list[0].GetString()!;
        if ((map is null ? name == DefaultEvent ? s_bareEvent : null : map.In.GetValueOrDefault(name)) is not { } rule)
        {
            return Refuse(packet.Id, new(HubErrorCode.UnknownKind, "the hub does not know this event"));
        }

        lock (_gate)
        {
            if (packet.Id is not null && _waiting.IsFull)
            {
                return Refuse(packet.Id, new(HubErrorCode.TooManyRequests, $"{WaitingAcks.Max} events wait for their ACK"));
            }
        }

        try
        {
            return Messages(packet.Id, rule, list.GetArrayLength() > 1 ? list[1] : default);
        }
        catch (Exception e) when (e is BadFieldException or InvalidOperationException)
        {
            return Refuse(packet.Id, new(HubErrorCode.BadField, e is BadFieldException ? e.Message : "texts must not have half a surrogate pair"));
        }
    }

    /// <summary>A device's ACK, which ends a request.</summary>
    public Translated Answer(SocketPacket packet)
    {
        (string Request, JsonTemplate Answer)? asked;
        lock (_gate)
        {
            asked = _waiting.Acknowledged(packet.Id!.Value);
        }

        if (asked is not var (request, answer))
        {
            // Answered already, or long forgotten.
            return new([]);
        }

        try
        {
            using var document = JsonDocument.Parse(packet.Data, SocketPacketText.Depth);
            using var result = EventMessages.Fill(answer, document.RootElement.GetArrayLength() > 0 ? document.RootElement[0] : default);
            return result.RootElement.ValueKind is JsonValueKind.Object && result.RootElement.TryGetProperty("ok", out _)
                ? Read([], EventMessages.Complete(result.RootElement, request, "res"))
                : new([]) { Error = new(HubErrorCode.BadField, "ok must be true or false") };
        }
        catch (Exception e) when (e is BadFieldException or InvalidOperationException)
        {
            return new([]) { Error = new(HubErrorCode.BadField, e is BadFieldException ? e.Message : "texts must not have half a surrogate pair") };
        }
    }

    /// <param name="message">Of the hub, but not its welcome before the client is in the namespace.</param>
    /// <param name="who">Null before it has come in.</param>
    public (ImmutableArray<Emitted> Packets, ImmutableArray<HubMessage> Own) Emit(ReadOnlyMemory<byte> message, Identity? who)
    {
        using var document = JsonDocument.Parse(message);
        var root = document.RootElement;
        var kind = EventMessages.KindOf(root);
        var id = root.TryGetProperty("id", out var value) ? value.GetString() : null;
        if (id is not null && kind is "ok" or "err" or "upd")
        {
            if (map is not null && id.StartsWith(EventMessages.StartId, StringComparison.Ordinal))
            {
                // Nobody has asked for it; a token that does not allow it is no fault.
                return ([], []);
            }

            if (IsLast(kind, root) && Answered(id) is var (ack, reply))
            {
                return ([new(SocketPacketKind.Ack, ack, Reply(kind == "err" ? JsonTemplate.All : reply, root))], []);
            }
        }

        return kind == "req" ? Request(root, id!) : (OutOf(kind, root, who) is { } e ? [PacketOrAll(e, root)] : map is null || kind != "state" ? [] : States(root), []);
    }

    private static bool IsLast(string? kind, JsonElement root) =>
        kind != "upd" || (root.TryGetProperty("state", out var state) && state.GetString() is "done" or "failed" or "expired" or "canceled" or "unknown");

    private (long Id, JsonTemplate Reply)? Answered(string id)
    {
        lock (_gate)
        {
            return _waiting.Answered(id);
        }
    }

    private EventOut? OutOf(string? kind, JsonElement root, Identity? who) => map is null ? s_bare : kind switch
    {
        "welcome" => who is null ? null : map.Welcome.GetValueOrDefault(who.Kind),
        "evt" => root.GetProperty("room").GetString() is { } room ? map.Rooms.FirstOrDefault(r => r.Room.Matches(room)).Event : null,
        "upd" => map.Update,
        "err" => map.Error ?? s_error,
        "drain" => map.Drain,
        "cancel" => map.Cancel,
        _ => null,
    };

    private (ImmutableArray<Emitted>, ImmutableArray<HubMessage>) Request(JsonElement root, string id)
    {
        if ((map is null ? s_bareRequest : map.Requests.GetValueOrDefault(root.GetProperty("op").GetString()!)) is not { } rule)
        {
            return ([], [new HubMessage.Refusal(id, new(HubErrorCode.UnknownOp.Word(), "the map has no event for this operation"), false, TimeSpan.Zero)]);
        }

        Emitted packet;
        try
        {
            using var whole = map is null ? null : WithPart(root);
            packet = Packet(rule.Event, whole?.RootElement ?? root);
        }
        catch (BadFieldException e)
        {
            return ([], [new HubMessage.Refusal(id, new(HubErrorCode.BadField.Word(), e.Message), false, TimeSpan.Zero)]);
        }

        if (rule.Answer is { } answer)
        {
            lock (_gate)
            {
                packet = packet with { Id = _waiting.Ask(id, answer) };
            }
        }

        return ([packet], rule.AcceptedBySending && !id.EndsWith('?') ? [new HubMessage.Ack(id)] : []);
    }

    /// <summary>Programs speak of the part, not of the device that they are.</summary>
    private static JsonDocument WithPart(JsonElement request)
    {
        var to = request.GetProperty("to").GetString()!;
        var list = SocketPacketText.List(w =>
        {
            w.WriteStartObject();
            if (to.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0)
            {
                w.WriteString("part", to[(slash + 1)..]);
            }

            foreach (var member in request.EnumerateObject())
            {
                member.WriteTo(w);
            }

            w.WriteEndObject();
        });
        return JsonDocument.Parse(list.AsMemory(1, list.Length - 2));
    }

    /// <summary>Each rule's items as one event.</summary>
    private ImmutableArray<Emitted> States(JsonElement root)
    {
        var items = root.GetProperty("items").EnumerateArray().ToLookup(i => Array.FindIndex([.. map!.States], s => s.Of.Matches(i.GetProperty("of").GetString()!)));
        var packets = ImmutableArray.CreateBuilder<Emitted>();
        foreach (var group in items.Where(g => g.Key >= 0).OrderBy(g => g.Key))
        {
            var (_, item, e) = map!.States[group.Key];
            var list = SocketPacketText.List(w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("items");
                foreach (var one in group)
                {
                    w.WriteRawValue(Reply(item, one).AsSpan()[1..^1], skipInputValidation: true);
                }

                w.WriteEndArray();
                w.WriteEndObject();
            });
            using var document = JsonDocument.Parse(list);
            packets.Add(PacketOrAll(e, document.RootElement[0]));
        }

        return packets.ToImmutable();
    }

    private static Emitted Packet(EventOut e, JsonElement from) => new(SocketPacketKind.Event, null, SocketPacketText.Event(e.Name, w =>
    {
        foreach (var argument in e.Arguments)
        {
            argument.Write(w, from);
        }
    }));

    /// <summary>What does not fit its template goes as it is: something was to be told.</summary>
    private static Emitted PacketOrAll(EventOut e, JsonElement from)
    {
        try
        {
            return Packet(e, from);
        }
        catch (BadFieldException)
        {
            return Packet(e with { Arguments = [JsonTemplate.All] }, from);
        }
    }

    private static byte[] Reply(JsonTemplate reply, JsonElement answer)
    {
        try
        {
            return SocketPacketText.List(w => reply.Write(w, answer));
        }
        catch (BadFieldException)
        {
            return SocketPacketText.List(answer.WriteTo);
        }
    }

    private Translated Messages(long? ack, EventIn rule, JsonElement argument)
    {
        JsonElement[] items = [argument];
        if (rule.Each is { } each)
        {
            if (each.Find(argument) is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() is 0 or > MaxEach)
            {
                return Refuse(ack, new(HubErrorCode.BadField, $"{each} must be a list of 1 to {MaxEach}"));
            }

            items = [.. list.EnumerateArray()];
        }

        Translated read = new([]);
        var isAnswered = false;
        foreach (var item in items)
        {
            using var filled = EventMessages.Fill(rule.Message, item);
            var message = filled.RootElement;
            if (message.ValueKind is not JsonValueKind.Object)
            {
                return Refuse(ack, new(HubErrorCode.BadMessage, "a message is one JSON object"));
            }

            var bytes = EventMessages.Complete(message, FormattableString.Invariant($"sio:{++_messages}"));
            if (ack is { } waits && !isAnswered && EventMessages.IsAnswered(EventMessages.KindOf(message)))
            {
                isAnswered = true;
                using var document = JsonDocument.Parse(bytes, SocketPacketText.Depth);
                if (document.RootElement.GetProperty("id") is { ValueKind: JsonValueKind.String } id && MessageFields.Unescaped(id) is { } name)
                {
                    lock (_gate)
                    {
                        _waiting.Wait(name, waits, rule.Reply);
                    }
                }
            }

            read = Read(read.Messages, bytes);
            if (read.Error is not null || read.Close is not null)
            {
                return isAnswered || read.Error is null ? read : Refuse(ack, read.Error) with { Messages = read.Messages };
            }
        }

        return ack is null || isAnswered ? read : read with { Ack = """[{"t":"ok"}]"""u8.ToArray() };
    }

    private static Translated Read(ImmutableArray<HubMessage> before, byte[] bytes)
    {
        var read = MessageReader.Read(bytes);
        return new(read.Message is { } message ? before.Add(message) : before) { Error = read.Error, Close = read.Close };
    }

    /// <summary>To who wants an ACK, by that; it counts as bad all the same.</summary>
    private Translated Refuse(long? ack, HubError error)
    {
        if (ack is not { } id)
        {
            return new([]) { Error = error };
        }

        var own = FormattableString.Invariant($"sio:{++_messages}");
        lock (_gate)
        {
            _waiting.Wait(own, id, JsonTemplate.All);
        }

        return new([]) { Error = error with { Id = own } };
    }

    private static JsonTemplate Parsed(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonTemplate.Parse(document.RootElement);
    }
}
