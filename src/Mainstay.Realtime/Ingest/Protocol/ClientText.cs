using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Mainstay.Realtime.Ingest.Protocol;

/// <summary>A text message of a native client.</summary>
internal abstract record ClientText
{
    public sealed record Start(StartMessage Message) : ClientText;

    public sealed record Stop : ClientText;

    /// <summary>Not an event of this protocol; counted and ignored, as old clients are used to.</summary>
    public sealed record Other(string Event) : ClientText;

    /// <summary>The session cannot go on.</summary>
    /// <param name="Status">To close with.</param>
    public sealed record Bad(int Status, string Code, string Message) : ClientText;

    private const int BadData = 1007;
    private const int Policy = 1008;
    private const int MaxText = 200;

    public static ClientText Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, new() { MaxDepth = 16 });
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object || !root.TryGetProperty("event", out var name) || name.ValueKind is not JsonValueKind.String)
            {
                return new Bad(BadData, "bad_message", "a text message must be a JSON object with an \"event\"");
            }

            return name.GetString() switch
            {
                "start" => ReadStart(root),
                "stop" => new Stop(),
                var other => new Other(other!.Length > MaxText ? other[..MaxText] : other),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new Bad(BadData, "bad_message", "a text message is not JSON");
        }
    }

    private static ClientText ReadStart(JsonElement root)
    {
        if (Id(root, "interaction_id") is not { } interaction)
        {
            return BadStart("interaction_id must be a text of 1 to 200 printable characters");
        }

        if (Id(root, "tenant_id") is not { } tenant)
        {
            return BadStart("tenant_id must be a text of 1 to 200 printable characters");
        }

        if (Number(root, "sample_rate") is not (>= 8_000 and <= 48_000) || Number(root, "sample_rate") is not { } rate)
        {
            return BadStart("sample_rate must be a number from 8000 to 48000");
        }

        if (!root.TryGetProperty("encoding", out var encoding) || encoding.ValueKind is not JsonValueKind.String || encoding.GetString() != "pcm16")
        {
            return BadStart("encoding must be \"pcm16\"");
        }

        var acksReceipt = false;
        if (root.TryGetProperty("ack", out var ack))
        {
            if (ack.ValueKind is not JsonValueKind.String || ack.GetString() is not ("stored" or "received"))
            {
                return BadStart("ack must be \"stored\" or \"received\"");
            }

            acksReceipt = ack.GetString() == "received";
        }

        if (!root.TryGetProperty("resume", out var resume) || resume.ValueKind is JsonValueKind.Null)
        {
            return new Start(new(interaction, tenant, (int)rate, acksReceipt, null));
        }

        return resume.ValueKind is JsonValueKind.Object
            && resume.TryGetProperty("session", out var session) && session.ValueKind is JsonValueKind.String && SessionId.TryParse(session.GetString()!, out var id)
            && Number(resume, "next_seq") is { } next and >= 1 and <= long.MaxValue / 2
            ? new Start(new(interaction, tenant, (int)rate, acksReceipt, new(id, next)))
            : BadStart("resume must have the session as it was given, and next_seq, a number from 1");
    }

    private static Bad BadStart(string message) => new(Policy, "bad_start", message);

    /// <summary>What names streams and keys: nothing that a log or a terminal would take for something else.</summary>
    private static string? Id(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 and <= MaxText } text && text.EnumerateRunes().All(IsPrintable) ? text : null;

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);

    /// <summary>Also as a text: both are seen.</summary>
    private static long? Number(JsonElement root, string name) => !root.TryGetProperty(name, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetInt64(out var number) ? number : null,
        JsonValueKind.String => long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
        _ => null,
    };
}

/// <summary>A well-formed start.</summary>
/// <param name="SampleRate">Samples per second; two bytes each.</param>
/// <param name="AcksReceipt">Acks are to follow the receipt.</param>
internal sealed record StartMessage(string InteractionId, string TenantId, int SampleRate, bool AcksReceipt, ResumeClaim? Resume)
{
    public int BytesPerSecond => SampleRate * 2;
}

/// <param name="NextSeq">The client has been told that everything before it is stored.</param>
internal sealed record ResumeClaim(SessionId Session, long NextSeq);
