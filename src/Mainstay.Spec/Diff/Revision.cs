using System.Buffers;
using System.Text.Json;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Diff;

/// <summary>A short name for what a process is made of: equal exactly when replacing the process would change nothing.</summary>
public static class Revision
{
    /// <summary>Names and values in a form of its own rather than the model's, so that a release that adds a key to the model replaces no process.</summary>
    /// <param name="environmentDigest">Of the final variables, those of env files included; see <see cref="EnvironmentDigest"/>.</param>
    /// <returns>Twelve hexadecimal digits.</returns>
    public static string Of(ServiceSpec spec, string environmentDigest) =>
        Hash(ProcessPart.Of(spec).Append(("environment", environmentDigest)), 12);

    /// <summary>A digest of variables from which they cannot be read.</summary>
    /// <returns>64 hexadecimal digits.</returns>
    public static string EnvironmentDigest(IEnumerable<KeyValuePair<string, string>> environment) =>
        Hash(environment.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => (e.Key, (string?)e.Value)), 64);

    private static string Hash(IEnumerable<(string Key, string? Value)> parts, int digits)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (key, value) in parts.Where(p => p.Value is not null))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        return Sha256.Hex(buffer.WrittenSpan)[..digits];
    }
}
