using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Rooms;
using Mainstay.Realtime.Hub.Status;

namespace Mainstay.Realtime.Hub.Protocol;

/// <summary>Writes what the hub says, each a whole text frame in UTF-8. Data that came as JSON goes out as it came.</summary>
internal static class MessageWriter
{
    public static byte[] Welcome(string session, bool resumed, string client, IEnumerable<(string Room, RoomResume Resume)> rooms, TimeSpan ping, DateTimeOffset now) => Write("welcome", w =>
    {
        w.WriteString("session", session);
        w.WriteBoolean("resumed", resumed);
        w.WriteString("client", client);
        w.WriteStartArray("rooms");
        foreach (var (room, resume) in rooms)
        {
            w.WriteStartObject();
            w.WriteString("room", room);
            Position(w, resume.Position);
            w.WriteBoolean("recovered", resume.Recovered);
            w.WriteEndObject();
        }

        w.WriteEndArray();
        w.WriteNumber("ping_ms", (long)ping.TotalMilliseconds);
        w.WriteNumber("max_bytes", MessageReader.MaxBytes);
        w.WriteNumber("now", now.ToUnixTimeMilliseconds());
    });

    /// <summary>To <c>unsub</c> and <c>watch</c>.</summary>
    public static byte[] Ok(string id) => Write("ok", w => w.WriteString("id", id));

    public static byte[] Subscribed(string id, RoomResume resume) => Write("ok", w =>
    {
        w.WriteString("id", id);
        Position(w, resume.Position);
        w.WriteBoolean("recovered", resume.Recovered);
    });

    public static byte[] Published(string id, RoomPosition at) => Write("ok", w =>
    {
        w.WriteString("id", id);
        Position(w, at);
    });

    /// <summary>The same bytes for everybody in the room.</summary>
    public static byte[] Event(string room, string epoch, RoomEvent e) => Write("evt", w =>
    {
        w.WriteString("room", room);
        Position(w, new(epoch, e.Offset));
        Raw(w, "data", e.Data);
        Context(w, e.Correlation, e.Trace);
    });

    /// <summary>Where a request is, to somebody who asked for it.</summary>
    /// <param name="id">Of the asker's message.</param>
    /// <param name="request">As it is.</param>
    public static byte[] Update(string id, RequestRecord request) => Write("upd", w =>
    {
        w.WriteString("id", id);
        Where(w, request);
    });

    /// <summary>That a request has ended, to the webhook: what <c>upd</c> says, and enough to know it by.</summary>
    public static byte[] Notice(string id, RequestRecord request, DateTimeOffset at) => Told("notice", id, request, at);

    /// <summary>Where a request is now, to who did not ask for this one.</summary>
    public static byte[] Change(RequestRecord request, DateTimeOffset at) => Told("upd", request.Id.Value, request, at);

    /// <param name="request">As it was when it was sent.</param>
    /// <param name="now">What is left of the TTL is counted from here.</param>
    public static byte[] Request(RequestRecord request, DateTimeOffset now) => Write("req", w =>
    {
        w.WriteString("id", DeviceAnswer.WireId(request));
        w.WriteString("to", request.Spec.Target.Wire);
        w.WriteString("op", request.Spec.Op);
        Raw(w, "data", request.Spec.Data);
        w.WriteString("key", request.Spec.Key);
        w.WriteNumber("ttl_ms", Math.Max(0, (long)(request.ExpiresAt - now).TotalMilliseconds));
        w.WriteNumber("timeout_ms", (long)request.Spec.Timeout.TotalMilliseconds);
        Context(w, request.Spec.Correlation, request.Spec.Trace);
    });

    /// <summary><c>$status</c>: what became of it?</summary>
    public static byte[] Question(RequestRecord request) => Write("req", w =>
    {
        w.WriteString("id", DeviceAnswer.QuestionId(request));
        w.WriteString("to", request.Spec.Target.Wire);
        w.WriteString("op", "$status");
        w.WriteStartObject("data");
        w.WriteString("key", request.Spec.Key);
        w.WriteEndObject();
        Context(w, request.Spec.Correlation, request.Spec.Trace);
    });

    public static byte[] Cancel(RequestRecord request) => Write("cancel", w =>
    {
        w.WriteString("id", DeviceAnswer.WireId(request));
        w.WriteString("key", request.Spec.Key);
        Context(w, request.Spec.Correlation, request.Spec.Trace);
    });

    public static byte[] State(ImmutableArray<StatusItem> items) => Write("state", w =>
    {
        w.WriteStartArray("items");
        foreach (var item in items)
        {
            w.WriteStartObject();
            w.WriteString("of", item.Of);
            Raw(w, "data", item.Data);
            w.WriteNumber("at", item.At.ToUnixTimeMilliseconds());
            w.WriteBoolean("online", item.Online);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    });

    public static byte[] Error(HubError error) => Write("err", w =>
    {
        if (error.Id is { } id)
        {
            w.WriteString("id", id);
        }

        w.WriteString("code", error.Code.Word());
        w.WriteString("message", error.Message);
        w.WriteBoolean("temporary", error.Code.IsTemporary());
        if (error.RetryAfter is { } retry)
        {
            w.WriteNumber("retry_ms", (long)Math.Ceiling(retry.TotalMilliseconds));
        }
    });

    public static byte[] Drain(TimeSpan retry, string reason) => Write("drain", w =>
    {
        w.WriteNumber("retry_ms", (long)retry.TotalMilliseconds);
        w.WriteString("reason", reason);
    });

    public static byte[] Ping(long n) => Write("ping", w => w.WriteNumber("n", n));

    public static byte[] Pong(long n) => Write("pong", w => w.WriteNumber("n", n));

    private static byte[] Told(string kind, string id, RequestRecord request, DateTimeOffset at) => Write(kind, w =>
    {
        w.WriteString("id", id);
        w.WriteNumber("at", at.ToUnixTimeMilliseconds());
        w.WriteString("branch", request.Spec.Target.Device.Branch.Name);
        w.WriteString("to", request.Spec.Target.Wire);
        w.WriteString("op", request.Spec.Op);
        w.WriteString("key", request.Spec.Key);
        Where(w, request);
    });

    private static void Where(Utf8JsonWriter w, RequestRecord request)
    {
        w.WriteString("request", request.Id.Value);
        w.WriteString("state", request.Phase.Word());
        if (request.Outcome is { } outcome)
        {
            Raw(w, "data", outcome.Data);
            if (outcome.Code is { } code)
            {
                Error(w, "error", code, outcome.Message ?? "");
            }
        }

        w.WriteString("because", request.Because);
        Context(w, request.Spec.Correlation, request.Spec.Trace);
    }

    private static void Position(Utf8JsonWriter w, RoomPosition position)
    {
        w.WriteString("epoch", position.Epoch);
        w.WriteNumber("offset", position.Offset);
    }

    private static void Context(Utf8JsonWriter w, string correlation, string? trace)
    {
        w.WriteString("corr", correlation);
        if (trace is not null)
        {
            w.WriteString("tp", trace);
        }
    }

    private static void Error(Utf8JsonWriter w, string field, string code, string message)
    {
        w.WriteStartObject(field);
        w.WriteString("code", code);
        w.WriteString("message", message);
        w.WriteEndObject();
    }

    private static void Raw(Utf8JsonWriter w, string field, ReadOnlyMemory<byte> data)
    {
        if (!data.IsEmpty)
        {
            w.WritePropertyName(field);
            w.WriteRawValue(data.Span, skipInputValidation: true);
        }
    }

    private static byte[] Write(string kind, Action<Utf8JsonWriter> fields)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("t", kind);
            fields(writer);
            writer.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }
}
