using System.Buffers;
using System.Text;

namespace Mainstay.Realtime.Adapters.Redis;

/// <summary>
/// <c>XADD topic MINID ~ ms * field value … bodyName body</c>. Retention is a time, told with every record: what is younger is never trimmed, however many calls share the stream. The
/// tilde lets Redis trim whole nodes only, so that it keeps a little more and never less.
/// </summary>
internal static class XaddCommand
{
    private const int WordsBeforeFields = 6;

    /// <param name="oldest">Unix milliseconds by the server's clock; what is older may go.</param>
    public static void Write(IBufferWriter<byte> to, StreamRecord record, long oldest)
    {
        RespWriter.WriteHead(to, WordsBeforeFields + (2 * (record.Fields.Length + 1)));
        to.Write("$4\r\nXADD\r\n"u8);
        RespWriter.WriteString(to, record.Topic);
        to.Write("$5\r\nMINID\r\n$1\r\n~\r\n"u8);
        RespWriter.WriteString(to, oldest);
        to.Write("$1\r\n*\r\n"u8);
        foreach (var (name, value) in record.Fields)
        {
            RespWriter.WriteString(to, name);
            RespWriter.WriteString(to, value);
        }

        RespWriter.WriteString(to, record.BodyName);
        RespWriter.WriteString(to, record.Body.Span);
    }

    /// <summary>Bytes of what the record holds, without the protocol around it.</summary>
    public static long SizeOf(StreamRecord record)
    {
        long size = Encoding.UTF8.GetByteCount(record.Topic) + Encoding.UTF8.GetByteCount(record.BodyName) + record.Body.Length;
        foreach (var (name, value) in record.Fields)
        {
            size += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value);
        }

        return size;
    }
}
