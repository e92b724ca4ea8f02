using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>A JSON object of which two readers cannot think differently: valid UTF-8, members unique at every depth, no comments, nothing behind it.</summary>
internal static class StrictJson
{
    private const int MaxDepth = 16;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The object's members, or null.</summary>
    public static ImmutableDictionary<string, JsonElement>? ReadObject(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            _ = Utf8.GetCharCount(bytes.Span);
            using var document = JsonDocument.Parse(bytes, new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth });
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
            {
                return null;
            }

            var root = document.RootElement.Clone();
            var members = ImmutableDictionary.CreateBuilder<string, JsonElement>(StringComparer.Ordinal);
            foreach (var member in root.EnumerateObject())
            {
                // An escaped half of a surrogate pair is found only when the text is asked for.
                _ = member.Value.ValueKind is JsonValueKind.String ? member.Value.GetString() : "";
                members.Add(member.Name, member.Value);
            }

            return members.ToImmutable();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or DecoderFallbackException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A member's text; null if it is absent or not a string.</summary>
    public static string? Text(this ImmutableDictionary<string, JsonElement> members, string name) =>
        members.TryGetValue(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
