using System.Collections.Immutable;
using System.Text.Json;
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

/// <summary>Events to messages of the hub, by the map or without one; docs/wire/socketio.md.</summary>
/// <param name="map">Null: every message is the event <c>hub</c>.</param>
/// <param name="waiting">What is to be acknowledged on this connection.</param>
internal sealed class EventTranslation(EventMap? map, WaitingAcks waiting)
{
    public const string DefaultEvent = "hub";
    private const int MaxEach = 100;

    private static readonly EventIn s_bareEvent = new(JsonTemplate.All, null, JsonTemplate.All);

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

        if (packet.Id is not null && waiting.IsFull)
        {
            return Refuse(packet.Id, new(HubErrorCode.TooManyRequests, $"{WaitingAcks.Max} events wait for their ACK"));
        }

        try
        {
            return Messages(packet.Id, rule, list.GetArrayLength() > 1 ? list[1] : default);
        }
        catch (Exception e) when (Fault(e) is not null)
        {
            return Refuse(packet.Id, Fault(e)!);
        }
    }

    /// <summary>A device's ACK, which ends a request.</summary>
    public Translated Answer(SocketPacket packet)
    {
        if (waiting.Acknowledged(packet.Id!.Value) is not var (request, answer))
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
        catch (Exception e) when (Fault(e) is not null)
        {
            return new([]) { Error = Fault(e) };
        }
    }

    /// <summary>What is wrong with JSON that a template was filled from; null: it is not that.</summary>
    public static HubError? Fault(Exception thrown) => thrown switch
    {
        BadFieldException => new(HubErrorCode.BadField, thrown.Message),
        InvalidOperationException => new(HubErrorCode.BadField, "texts must not have half a surrogate pair"),
        JsonException => new(HubErrorCode.BadMessage, $"a message is one JSON object, at most {MessageReader.MaxDepth} levels deep"),
        _ => null,
    };

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
                    waiting.Wait(name, waits, rule.Reply);
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
        waiting.Wait(own, id, JsonTemplate.All);

        return new([]) { Error = error with { Id = own } };
    }
}
