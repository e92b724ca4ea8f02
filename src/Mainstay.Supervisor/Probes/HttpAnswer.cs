using System.Buffers.Text;
using System.Text;

namespace Mainstay.Supervisor.Probes;

/// <summary>What a service answered, as far as a probe looks at it.</summary>
/// <param name="Body">At most <see cref="MaxBody"/> bytes, decoded from chunks.</param>
internal sealed record HttpAnswer(int Status, string? Location, ReadOnlyMemory<byte> Body)
{
    public const int MaxBody = 64 * 1024;

    public const int MaxHead = 32 * 1024;

    /// <summary>Reads an answer out of what has been received so far. Pure.</summary>
    /// <param name="ended">The service has closed the connection: nothing more will come.</param>
    public static HttpParse Parse(ReadOnlySpan<byte> received, bool ended)
    {
        while (true)
        {
            var (head, bodyStart) = SplitHead(received);
            if (bodyStart < 0)
            {
                return received.Length >= MaxHead || ended || !MayBecomeHttp(received) ? HttpParse.NotHttp : HttpParse.Incomplete;
            }

            if (!TryReadStatus(head, out var status))
            {
                return HttpParse.NotHttp;
            }

            if (status is < 200 and not 101)
            {
                // An interim answer; the real one follows.
                received = received[bodyStart..];
                continue;
            }

            return ReadBody(status, head, received[bodyStart..], ended);
        }
    }

    private static HttpParse ReadBody(int status, ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest, bool ended)
    {
        var location = Header(head, "location"u8);
        if (status is 204 or 304 or 101)
        {
            return new HttpParse(HttpParseState.Done, new HttpAnswer(status, location, default));
        }

        if (Header(head, "transfer-encoding"u8)?.Contains("chunked", StringComparison.OrdinalIgnoreCase) is true)
        {
            var body = new List<byte>();
            var whole = Unchunk(rest, body);
            return new HttpParse(
                whole || ended || body.Count >= MaxBody ? HttpParseState.Done : HttpParseState.Incomplete,
                new HttpAnswer(status, location, body.Take(MaxBody).ToArray()));
        }

        var wanted = long.TryParse(Header(head, "content-length"u8), out var length) && length >= 0 ? Math.Min(length, MaxBody) : MaxBody;
        var taken = (int)Math.Min(rest.Length, wanted);
        return new HttpParse(
            taken == wanted || ended ? HttpParseState.Done : HttpParseState.Incomplete,
            new HttpAnswer(status, location, rest[..taken].ToArray()));
    }

    private static (byte[] Head, int BodyStart) SplitHead(ReadOnlySpan<byte> received)
    {
        var end = received.IndexOf("\r\n\r\n"u8);
        return end < 0 ? ([], -1) : (received[..(end + 2)].ToArray(), end + 4);
    }

    private static bool MayBecomeHttp(ReadOnlySpan<byte> received)
    {
        var known = "HTTP/1."u8;
        var length = Math.Min(known.Length, received.Length);
        return received[..length].SequenceEqual(known[..length]);
    }

    private static bool TryReadStatus(ReadOnlySpan<byte> head, out int status)
    {
        status = 0;
        return head.Length >= 12 && head.StartsWith("HTTP/1."u8) && head[8] == ' '
            && Utf8Parser.TryParse(head.Slice(9, 3), out status, out var used) && used == 3 && status >= 100;
    }

    private static string? Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        while (head.IndexOf("\r\n"u8) is var end and >= 0)
        {
            var line = head[..end];
            var colon = line.IndexOf((byte)':');
            if (colon > 0 && Ascii.EqualsIgnoreCase(line[..colon], name))
            {
                return Encoding.UTF8.GetString(line[(colon + 1)..]).Trim();
            }

            head = head[(end + 2)..];
        }

        return null;
    }

    /// <summary>False when the last chunk has not come.</summary>
    private static bool Unchunk(ReadOnlySpan<byte> rest, List<byte> body)
    {
        while (rest.IndexOf("\r\n"u8) is var end and >= 0 && body.Count < MaxBody)
        {
            if (!Utf8Parser.TryParse(rest[..end], out int size, out _, 'x') || size < 0)
            {
                return true;
            }

            rest = rest[(end + 2)..];
            if (size == 0)
            {
                return true;
            }

            body.AddRange(rest[..Math.Min(size, rest.Length)]);
            if (rest.Length < size + 2)
            {
                return false;
            }

            rest = rest[(size + 2)..];
        }

        return false;
    }
}

internal enum HttpParseState
{
    Incomplete,
    Done,
    NotHttp,
}

/// <param name="Answer">Also set while the body is incomplete; null before the head is whole.</param>
internal readonly record struct HttpParse(HttpParseState State, HttpAnswer? Answer)
{
    public static HttpParse Incomplete { get; } = new(HttpParseState.Incomplete, null);

    public static HttpParse NotHttp { get; } = new(HttpParseState.NotHttp, null);
}
