using System.Globalization;
using System.Text;

namespace Mainstay.EndToEnd.Tests.Realtime.Kafka;

/// <summary>A record as kcat tells it: partition, offset, key, headers and the length of the value in a line, and then the value.</summary>
public sealed record KafkaMessage(int Partition, long Offset, string Key, Dictionary<string, string> Headers, byte[] Bytes)
{
    /// <summary>Of its value, in bytes.</summary>
    public int Size => Bytes.Length;

    /// <summary>As text.</summary>
    public string Value => Encoding.UTF8.GetString(Bytes);

    public static IEnumerable<KafkaMessage> Read(byte[] told)
    {
        for (var at = 0; at < told.Length;)
        {
            var end = Array.IndexOf(told, (byte)'\n', at);
            var parts = Encoding.UTF8.GetString(told, at, end - at).Split('\t');

            // There is a difference between no value and an empty one, and none for us.
            var size = Math.Max(0, int.Parse(parts[4], CultureInfo.InvariantCulture));
            at = end + 1 + size;
            yield return new(
                int.Parse(parts[0], CultureInfo.InvariantCulture),
                long.Parse(parts[1], CultureInfo.InvariantCulture),
                parts[2],
                parts[3].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(h => h.Split('=', 2)).ToDictionary(h => h[0], h => h[1], StringComparer.Ordinal),
                told[(end + 1)..at]);
        }
    }
}
