using Mainstay.Contracts.Logs;

namespace Mainstay.Supervisor.Logs;

/// <summary>What to do with a last line whose end has not come.</summary>
internal enum Unended : byte
{
    /// <summary>Wait for the rest.</summary>
    Keep,

    /// <summary>Write it as a line: the process has ended, nothing more will come.</summary>
    AsLine,

    /// <summary>Write it as the part of a line: what comes next was lost.</summary>
    AsPart,
}

/// <param name="Consumed">Bytes of the input that are now in the output.</param>
/// <param name="NeedsRoom">There is another line, but it does not fit the output.</param>
internal readonly record struct Framed(int Consumed, int Written, int Lines, bool NeedsRoom);

/// <summary>Turns bytes into log lines. Pure, and blind to how the bytes were cut on their way: a recovering daemon makes the same batch again from the same bytes.</summary>
internal static class LineFramer
{
    /// <summary>Frames lines until <paramref name="stopAt"/> bytes of the input are consumed, the output is full, or no line is whole.</summary>
    public static Framed Frame(ReadOnlySpan<byte> input, int stopAt, Unended unended, LinePrefix prefix, Span<byte> output)
    {
        var (consumed, written, lines) = (0, 0, 0);
        while (consumed < stopAt && NextLine(input[consumed..], unended) is { Taken: > 0 } next)
        {
            var before = next.IsPart ? prefix.Part : prefix.Line;
            if (written + before.Length + next.Text + 1 > output.Length)
            {
                return new Framed(consumed, written, lines, NeedsRoom: true);
            }

            before.CopyTo(output[written..]);
            written += before.Length;
            input.Slice(consumed, next.Text).CopyTo(output[written..]);
            written += next.Text;
            output[written++] = (byte)'\n';
            consumed += next.Taken;
            lines++;
        }

        return new Framed(consumed, written, lines, NeedsRoom: false);
    }

    private static (int Taken, int Text, bool IsPart) NextLine(ReadOnlySpan<byte> rest, Unended unended)
    {
        var looked = rest.Length > LogLine.MaxTextBytes ? rest[..(LogLine.MaxTextBytes + 1)] : rest;
        var end = looked.IndexOf((byte)'\n');
        if (end >= 0)
        {
            return (end + 1, end > 0 && rest[end - 1] == '\r' ? end - 1 : end, false);
        }

        if (rest.Length > LogLine.MaxTextBytes)
        {
            var cut = CutBetweenCharacters(rest);
            return (cut, cut, true);
        }

        return unended is Unended.Keep ? default : (rest.Length, rest.Length, unended is Unended.AsPart);
    }

    /// <summary>At the limit, or up to three bytes before it where a UTF-8 character would be cut in two.</summary>
    private static int CutBetweenCharacters(ReadOnlySpan<byte> rest)
    {
        for (var cut = LogLine.MaxTextBytes; cut > LogLine.MaxTextBytes - 4; cut--)
        {
            if ((rest[cut] & 0xC0) != 0x80)
            {
                return cut;
            }
        }

        return LogLine.MaxTextBytes;
    }
}
