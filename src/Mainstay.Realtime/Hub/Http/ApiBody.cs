using System.Buffers;
using System.Text;
using System.Text.Json;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Serving;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Realtime.Hub.Http;

/// <summary>Bodies of the API are read by the socket's own reader, so that a field means the same and has the same limits on both ways.</summary>
internal static class ApiBody
{
    /// <summary>Null when it was too long, and answered.</summary>
    public static async Task<ReadOnlyMemory<byte>?> TakeAsync(HttpContext http)
    {
        if (await RequestBody.ReadAsync(http.Request, MessageReader.MaxBytes, http.RequestAborted) is { } body)
        {
            return body;
        }

        await ApiAnswer.RefuseAsync(http, new(HubErrorCode.TooLarge, $"a body has at most {MessageReader.MaxBytes} bytes"));
        return null;
    }

    /// <summary>The body with the fields that are in path and headers, as the message that it stands for.</summary>
    /// <param name="kind">As in <c>t</c>.</param>
    /// <param name="body">A JSON object; empty for one without fields.</param>
    /// <param name="fields">They win over the body's; null ones are left out.</param>
    public static MessageRead Read(string kind, ReadOnlyMemory<byte> body, params ReadOnlySpan<(string Name, string? Value)> fields)
    {
        var frame = new ArrayBufferWriter<byte>(body.Length + 256);
        try
        {
            using var document = JsonDocument.Parse(body.IsEmpty ? "{}"u8.ToArray() : body, new() { MaxDepth = MessageReader.MaxDepth });
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
            {
                return Bad("the body is one JSON object");
            }

            using var writer = new Utf8JsonWriter(frame, new() { SkipValidation = true });
            writer.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                member.WriteTo(writer);
            }

            // The last of two members with one name counts.
            writer.WriteString("t", kind);
            writer.WriteString("id", "http");
            foreach (var (name, value) in fields)
            {
                if (value is not null)
                {
                    writer.WriteString(name, value);
                }
            }

            writer.WriteEndObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or DecoderFallbackException)
        {
            return Bad($"the body is one JSON object, at most {MessageReader.MaxDepth} levels deep");
        }

        var read = MessageReader.Read(frame.WrittenMemory);
        return read.Error is { } error ? read with { Error = error with { Message = InHttp(error.Message) } } : read;
    }

    /// <summary>Fields that are elsewhere in a request are called as they are called there.</summary>
    private static string InHttp(string message) =>
        message.StartsWith("key ", StringComparison.Ordinal) ? $"Idempotency-Key {message[4..]}"
        : message.StartsWith("to ", StringComparison.Ordinal) ? "part must be 1 to 128 of A-Z a-z 0-9 . _ : -"
        : message.StartsWith("a message is ", StringComparison.Ordinal) ? $"the body is {message["a message is ".Length..]}"
        : message;

    /// <summary>The part of a target, which the socket has in <c>to</c>; empty if there is none, null if it is no text.</summary>
    public static string? Part(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body.IsEmpty ? "{}"u8.ToArray() : body, new() { MaxDepth = MessageReader.MaxDepth });
            return document.RootElement.ValueKind is not JsonValueKind.Object || !document.RootElement.TryGetProperty("part", out var part) || part.ValueKind is JsonValueKind.Null ? ""
                : part.ValueKind is JsonValueKind.String ? MessageFields.Unescaped(part)
                : null;
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static MessageRead Bad(string message) => new(null, new(HubErrorCode.BadMessage, message), null);
}
