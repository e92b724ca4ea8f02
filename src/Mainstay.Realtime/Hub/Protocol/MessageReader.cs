using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Rooms;

namespace Mainstay.Realtime.Hub.Protocol;

/// <summary>What a frame was: a message, an error to answer, or a reason to close. One of the three is set.</summary>
internal readonly record struct MessageRead(HubMessage? Message, HubError? Error, HubClose? Close);

/// <summary>Reads one text frame of a client.</summary>
internal static class MessageReader
{
    public const int MaxBytes = 256 << 10;
    public const int MaxDepth = 32;
    public const int MaxRooms = 100;
    private const int MaxToken = 8 << 10;
    private const int MaxCaps = 32;

    /// <param name="frame">A whole text message. It is not touched after this returns.</param>
    public static MessageRead Read(ReadOnlyMemory<byte> frame)
    {
        if (frame.Length > MaxBytes)
        {
            return new(null, null, HubClose.TooBig);
        }

        if (!Utf8.IsValid(frame.Span))
        {
            return new(null, null, HubClose.NotUtf8);
        }

        try
        {
            using var document = JsonDocument.Parse(frame, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return ReadObject(document.RootElement);
        }
        catch (JsonException)
        {
            return Bad(HubErrorCode.BadMessage, $"a message is one JSON object, at most {MaxDepth} levels deep", null);
        }
    }

    private static MessageRead ReadObject(JsonElement root)
    {
        if (root.ValueKind is not JsonValueKind.Object)
        {
            return Bad(HubErrorCode.BadMessage, "a message is one JSON object", null);
        }

        var fields = new MessageFields(root);
        var id = fields.Find("id") is { ValueKind: JsonValueKind.String } value && MessageFields.Unescaped(value) is { } text && HubName.IsValid(text) ? text : null;
        try
        {
            if (fields.Find("t") is not { ValueKind: JsonValueKind.String } kind || MessageFields.Unescaped(kind) is not { } t)
            {
                return Bad(HubErrorCode.BadMessage, "a message says in t what it is", id);
            }

            return ReadKind(t, fields) is { } message ? new(message, null, null) : Bad(HubErrorCode.UnknownKind, "the hub does not know this kind of message", id);
        }
        catch (BadFieldException e)
        {
            return Bad(HubErrorCode.BadField, e.Message, id);
        }
    }

    private static MessageRead Bad(HubErrorCode code, string message, string? id) => new(null, new(code, message, id), null);

    private static HubMessage? ReadKind(string kind, MessageFields f) => kind switch
    {
        "hello" => new HubMessage.Hello(f.Text("token", MaxToken), f.Name("branch"), Device(f), Resume(f)),
        "sub" => new HubMessage.Subscribe(f.NeedName("id"), f.NeedName("room"), f.Text("since", 128) is { } since ? Position(since) : null),
        "unsub" => new HubMessage.Unsubscribe(f.NeedName("id"), f.NeedName("room")),
        "pub" => new HubMessage.Publish(f.NeedName("id"), f.NeedName("room"), NeedData(f), f.Name("key"), f.Correlation(), f.Trace()),
        "req" => new HubMessage.Request(
            f.NeedName("id"),
            NeedTarget(f),
            f.NeedOp(),
            f.Data(),
            f.NeedName("key"),
            f.Milliseconds("ttl_ms", 0, 86_400_000, 300_000),
            f.Milliseconds("timeout_ms", 1_000, 3_600_000, 60_000),
            f.Correlation(),
            f.Trace())
        { Notify = f.Flag("notify") },
        "cancel" => new HubMessage.Cancel(f.NeedName("id"), NeedTarget(f), f.NeedName("key")),
        "ack" => new HubMessage.Ack(f.NeedAnswerId()),
        "res" => Result(f),
        "err" => new HubMessage.Refusal(f.NeedAnswerId(), f.Error(), f.Flag("temporary") ?? false, f.Milliseconds("retry_ms", 0, 86_400_000, 0)),
        "status" => new HubMessage.Status(NeedKey(f.NeedText("of", HubName.MaxLength)), NeedData(f)),
        "watch" => new HubMessage.Watch(f.NeedName("id"), NeedWatch(f.NeedText("of", HubName.MaxLength + 1))),
        "ping" => new HubMessage.Ping(f.Number("n", 0, long.MaxValue) ?? 0),
        "pong" => new HubMessage.Pong(f.Number("n", 0, long.MaxValue) ?? 0),
        _ => null,
    };

    private static HubMessage.Result Result(MessageFields f)
    {
        var ok = f.Flag("ok") ?? throw new BadFieldException("ok must be true or false");
        var error = f.Object("error")?.Error();
        return (ok, error) switch
        {
            (true, null) => new(f.NeedAnswerId(), true, f.Data(), null),
            (false, { } e) => new(f.NeedAnswerId(), false, default, e),
            _ => throw new BadFieldException("error must be there when ok is false, and only then"),
        };
    }

    private static DeviceHello? Device(MessageFields hello)
    {
        if (hello.Object("device") is not { } f)
        {
            return null;
        }

        var caps = ImmutableArray<string>.Empty;
        if (f.Find("caps") is { } list)
        {
            caps = list.ValueKind is JsonValueKind.Array && list.GetArrayLength() <= MaxCaps
                ? [.. list.EnumerateArray().Select(c => c.ValueKind is JsonValueKind.String && MessageFields.Unescaped(c) is { } cap && HubName.IsValid(cap) ? cap : throw BadCaps())]
                : throw BadCaps();
        }

        return new(f.NeedName("id"), f.Name("kind"), f.Text("version", HubName.MaxLength), caps);
    }

    private static ResumeHello? Resume(MessageFields hello)
    {
        if (hello.Object("resume") is not { } f)
        {
            return null;
        }

        var offsets = ImmutableArray.CreateBuilder<KeyValuePair<string, RoomPosition>>();
        if (f.Find("offsets") is { } rooms)
        {
            if (rooms.ValueKind is not JsonValueKind.Object || rooms.GetPropertyCount() > MaxRooms)
            {
                throw new BadFieldException($"offsets must be an object of at most {MaxRooms} rooms");
            }

            foreach (var room in rooms.EnumerateObject())
            {
                var name = RoomName(room);
                offsets.Add(new(name, room.Value.ValueKind is JsonValueKind.String && MessageFields.Unescaped(room.Value) is { } at ? Position(at) : throw BadPosition()));
            }
        }

        return new(f.NeedName("session"), offsets.ToImmutable());
    }

    private static string RoomName(JsonProperty room)
    {
        try
        {
            return HubName.IsValid(room.Name) ? room.Name : throw new BadFieldException("offsets must be by names of rooms");
        }
        catch (InvalidOperationException)
        {
            throw new BadFieldException("offsets must be by names of rooms");
        }
    }

    private static RoomPosition Position(string text) => RoomPosition.Parse(text) ?? throw BadPosition();

    private static string NeedTarget(MessageFields f) => f.NeedText("to", 300) is var to && AccessRules.Target(new("any"), to) is not null
        ? to
        : throw new BadFieldException("to must be device:ID or device:ID/PART");

    private static ReadOnlyMemory<byte> NeedData(MessageFields f) => f.Data() is { IsEmpty: false } data ? data : throw new BadFieldException("data must be there");

    private static string NeedKey(string of) => HubName.IsValidKey(of) ? of : throw BadKey();

    private static string NeedWatch(string of) => of == "*" || HubName.IsValidKey(of.EndsWith('*') ? of.AsSpan(0, of.Length - 1) : of) ? of : throw BadKey();

    private static BadFieldException BadKey() => new($"of must be 1 to {HubName.MaxLength} of A-Z a-z 0-9 . _ : - /");

    private static BadFieldException BadCaps() => new($"caps must be a list of at most {MaxCaps} names");

    private static BadFieldException BadPosition() => new("a position must be EPOCH:OFFSET");
}
