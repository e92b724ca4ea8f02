using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mainstay.Realtime.Hub.Access;

namespace Mainstay.Realtime.Hub.Requests;

/// <summary>What a key is bound to: SHA-256, in hex, over target, op and data as canonical JSON (members sorted, no spaces, numbers as written).</summary>
internal readonly record struct PayloadHash(string Hex)
{
    /// <param name="target">Who is to do it.</param>
    /// <param name="op">What.</param>
    /// <param name="data">JSON in UTF-8, not deeper than 32 levels; empty for none.</param>
    /// <exception cref="JsonException">The data is no JSON.</exception>
    /// <exception cref="InvalidOperationException">A text in it has half a surrogate pair; the hub's reader lets none in.</exception>
    public static PayloadHash Of(TargetAddress target, string op, ReadOnlyMemory<byte> data) => Of($"{target.Wire}\0{op}\0", data);

    /// <summary>Of data alone, under the same conditions.</summary>
    public static PayloadHash Of(ReadOnlyMemory<byte> data) => Of("", data);

    /// <summary>Names have no zero bytes, so what is in front cannot be taken for what is behind.</summary>
    private static PayloadHash Of(string about, ReadOnlyMemory<byte> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(about));
        hash.AppendData(Canonical(data));
        return new(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static ReadOnlySpan<byte> Canonical(ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty)
        {
            return [];
        }

        using var document = JsonDocument.Parse(data, new JsonDocumentOptions { MaxDepth = 32 });
        var bytes = new ArrayBufferWriter<byte>(data.Length);
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { SkipValidation = true }))
        {
            Write(document.RootElement, writer);
        }

        return bytes.WrittenSpan;
    }

    private static void Write(JsonElement element, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();

                // The sort is stable: of members with one name the order stays, since readers take the last.
                foreach (var member in element.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(member.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(item, writer);
                }

                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    public override string ToString() => Hex;
}
