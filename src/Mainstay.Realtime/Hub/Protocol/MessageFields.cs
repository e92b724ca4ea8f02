using System.Runtime.InteropServices;
using System.Text.Json;
using Mainstay.Realtime.Hub.Access;

namespace Mainstay.Realtime.Hub.Protocol;

/// <summary>A field is not what it must be; the message says which and what. Thrown and caught within the parser: a frame is a few fields, and the first bad one ends it.</summary>
internal sealed class BadFieldException(string message) : Exception(message);

/// <summary>Reads the fields of one JSON object. Of fields with one name the last counts; null is the same as absent.</summary>
internal readonly struct MessageFields(JsonElement message)
{
    private const int MaxErrorMessage = 1024;

    public JsonElement? Find(string field) => message.TryGetProperty(field, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    public string? Text(string field, int max)
    {
        if (Find(field) is not { } value)
        {
            return null;
        }

        var text = value.ValueKind is JsonValueKind.String ? Unescaped(value) : null;
        return text is { Length: > 0 } && text.Length <= max ? text : throw new BadFieldException($"{field} must be a string of 1 to {max} characters");
    }

    public string? Name(string field) => Text(field, HubName.MaxLength) is { } text ? HubName.IsValid(text) ? text : throw NoName(field) : null;

    public string NeedName(string field) => Name(field) ?? throw NoName(field);

    /// <summary>The id of a try or a question of the hub: a name, and <c>?</c> behind it for a question.</summary>
    public string NeedAnswerId()
    {
        var id = Text("id", HubName.MaxLength + 1);
        return id is not null && HubName.IsValid(id.EndsWith('?') ? id.AsSpan(0, id.Length - 1) : id) ? id : throw NoName("id");
    }

    public string NeedOp() => Text("op", HubName.MaxLength) is { } op && HubName.IsValid(op)
        ? op
        : throw new BadFieldException("op must be a name; those with $ are the hub's own");

    public string NeedText(string field, int max) => Text(field, max) ?? throw new BadFieldException($"{field} must be a string of 1 to {max} characters");

    /// <summary>A correlation id that is none, or a traceparent that is not well formed, is dropped rather than refused: it must never be the reason that a job is not done.</summary>
    public string? Correlation() => Find("corr") is { ValueKind: JsonValueKind.String } value && Unescaped(value) is { } text && HubName.IsValid(text) ? text : null;

    public string? Trace() => Find("tp") is { ValueKind: JsonValueKind.String } value && Unescaped(value) is { } text && TraceParent.IsValid(text) ? text : null;

    public bool? Flag(string field) => Find(field) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw new BadFieldException($"{field} must be true or false");

    public long? Number(string field, long min, long max) => Find(field) is not { } value ? null
        : value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max ? number
        : throw new BadFieldException($"{field} must be a whole number from {min} to {max}");

    public TimeSpan Milliseconds(string field, long min, long max, long otherwise) => TimeSpan.FromMilliseconds(Number(field, min, max) ?? otherwise);

    /// <summary>The value as it was written, in memory of its own; empty if absent.</summary>
    public ReadOnlyMemory<byte> Data(string field = "data")
    {
        if (!message.TryGetProperty(field, out var value))
        {
            return default;
        }

        CheckText(value, field);
        return JsonMarshal.GetRawUtf8Value(value).ToArray();
    }

    public ErrorBody Error()
    {
        var code = NeedName("code");
        var text = Find("message") is { ValueKind: JsonValueKind.String } value ? Unescaped(value) ?? "" : "";
        return new(code, text.Length <= MaxErrorMessage ? text : text[..MaxErrorMessage]);
    }

    public MessageFields? Object(string field) => Find(field) is not { } value ? null
        : value.ValueKind is JsonValueKind.Object ? new(value)
        : throw new BadFieldException($"{field} must be an object");

    /// <summary>Half of a surrogate pair can be written in JSON and read by nobody.</summary>
    public static string? Unescaped(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static void CheckText(JsonElement value, string field)
    {
        try
        {
            Walk(value);
        }
        catch (InvalidOperationException)
        {
            throw new BadFieldException($"{field} must not have half a surrogate pair");
        }
    }

    private static void Walk(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    _ = member.Name;
                    Walk(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Walk(item);
                }

                break;
            case JsonValueKind.String:
                _ = value.GetString();
                break;
            default:
                break;
        }
    }

    private static BadFieldException NoName(string field) => new($"{field} must be 1 to {HubName.MaxLength} of A-Z a-z 0-9 . _ : -");
}
