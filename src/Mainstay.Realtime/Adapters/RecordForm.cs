using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Mainstay.SegmentLog;

namespace Mainstay.Realtime.Adapters;

/// <summary>
/// A broker's record in a log: the key is its key, the payload its body, and the headers are texts, each behind its length in bytes (7 bits per byte, least first): topic, body's name, then names and values of the fields.
/// </summary>
internal static class RecordForm
{
    public static LogEntry Write(StreamRecord record)
    {
        var headers = new ArrayBufferWriter<byte>(256);
        Text(headers, record.Topic);
        Text(headers, record.BodyName);
        foreach (var (name, value) in record.Fields)
        {
            Text(headers, name);
            Text(headers, value);
        }

        return new(Encoding.UTF8.GetBytes(record.Key), headers.WrittenMemory, record.Body);
    }

    /// <summary>Null for a record that somebody else wrote.</summary>
    public static StreamRecord? Read(LogRecord record)
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        for (var rest = record.Headers.Span; !rest.IsEmpty;)
        {
            if (!TryText(ref rest, out var text))
            {
                return null;
            }

            texts.Add(text);
        }

        if (texts.Count < 2 || texts.Count % 2 != 0)
        {
            return null;
        }

        var fields = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>((texts.Count / 2) - 1);
        for (var i = 2; i < texts.Count; i += 2)
        {
            fields.Add(new(texts[i], texts[i + 1]));
        }

        return new(texts[0], Encoding.UTF8.GetString(record.Key.Span), fields.MoveToImmutable(), texts[1], record.Payload);
    }

    private static void Text(ArrayBufferWriter<byte> target, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        for (var left = (uint)length; ; left >>= 7)
        {
            var last = left < 0x80;
            target.GetSpan(1)[0] = (byte)(last ? left : left | 0x80);
            target.Advance(1);
            if (last)
            {
                break;
            }
        }

        target.Advance(Encoding.UTF8.GetBytes(text, target.GetSpan(length)));
    }

    private static bool TryText(ref ReadOnlySpan<byte> source, out string text)
    {
        text = "";
        var length = 0u;
        for (var (shift, at) = (0, 0); ; shift += 7, at++)
        {
            if (shift > 28 || at >= source.Length)
            {
                return false;
            }

            length |= (uint)(source[at] & 0x7F) << shift;
            if (source[at] < 0x80)
            {
                source = source[(at + 1)..];
                break;
            }
        }

        if (length > (uint)source.Length)
        {
            return false;
        }

        text = Encoding.UTF8.GetString(source[..(int)length]);
        source = source[(int)length..];
        return true;
    }
}
