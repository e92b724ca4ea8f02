using System.Collections.Immutable;
using System.Text.Json;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;

namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>A packet for a client: an event, or an ACK.</summary>
internal readonly record struct Emitted(SocketPacketKind Kind, long? Id, ReadOnlyMemory<byte> Data);

/// <summary>Messages of the hub to events and ACKs, by the map or without one; docs/wire/socketio.md.</summary>
/// <param name="map">Null: every message is the event <c>hub</c>.</param>
/// <param name="waiting">What is to be acknowledged on this connection.</param>
internal sealed class EventEmission(EventMap? map, WaitingAcks waiting)
{
    private const string ErrorEvent = "exception";

    private static readonly JsonTemplate s_bareAnswer = Parsed("""{"ok":"{ok}","data":"{data}","error":"{error}"}""");
    private static readonly EventOut s_bare = new(EventTranslation.DefaultEvent, [JsonTemplate.All]);
    private static readonly EventOut s_error = new(ErrorEvent, [JsonTemplate.All]);
    private static readonly RequestOut s_bareRequest = new(s_bare, s_bareAnswer, AcceptedBySending: false);

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

            if (IsLast(kind, root) && waiting.Answered(id) is var (ack, reply))
            {
                return ([new(SocketPacketKind.Ack, ack, Reply(kind == "err" ? JsonTemplate.All : reply, root))], []);
            }
        }

        return kind == "req" ? Request(root, id!) : (OutOf(kind, root, who) is { } e ? [PacketOrAll(e, root)] : map is null || kind != "state" ? [] : States(root), []);
    }

    private static bool IsLast(string? kind, JsonElement root) =>
        kind != "upd" || (root.TryGetProperty("state", out var state) && state.GetString() is "done" or "failed" or "expired" or "canceled" or "unknown");

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
            packet = packet with { Id = waiting.Ask(id, answer) };
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

    private static JsonTemplate Parsed(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonTemplate.Parse(document.RootElement);
    }
}
