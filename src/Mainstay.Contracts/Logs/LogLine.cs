using System.Text;

namespace Mainstay.Contracts.Logs;

/// <summary>
/// The on-disk form of one record: <c>2026-11-22T07:10:00.123456Z api-1 out text</c>, one line each, greppable.
/// </summary>
/// <remarks>
/// The text keeps every byte that the service wrote, NUL and ESC included, but for the line end: the file is the evidence; making it
/// harmless on a terminal is the business of whoever prints it. A line longer than <see cref="MaxTextBytes"/> is written as several
/// records; all but the last carry <c>+</c> after the stream (<c>out+</c>), so nothing is lost and a reader can join them again.
/// </remarks>
public static class LogLine
{
    /// <summary>The longest text of one record, in bytes.</summary>
    public const int MaxTextBytes = 64 * 1024;

    /// <summary>The longest instance name that the format takes, in bytes.</summary>
    public const int MaxInstanceBytes = 128;

    /// <summary>The most that stands before the text, in bytes.</summary>
    public const int MaxPrefixBytes = TimeBytes + 1 + MaxInstanceBytes + 1 + 4 + 1;

    /// <summary>The most that one record can take on disk with its line end, in bytes.</summary>
    public const int MaxLineBytes = MaxPrefixBytes + MaxTextBytes + 1;

    private const int TimeBytes = 27;

    /// <summary>Writes everything that stands before the text and returns its length in bytes.</summary>
    /// <exception cref="ArgumentException">The instance name is empty, too long, or holds anything but printable ASCII without spaces.</exception>
    public static int FormatPrefix(Span<byte> destination, DateTimeOffset at, string instance, LogStream stream, bool continues)
    {
        if (!IsInstanceName(instance))
        {
            throw new ArgumentException("an instance name in a log is printable ASCII without spaces", nameof(instance));
        }

        WriteTime(destination, at);
        destination[TimeBytes] = (byte)' ';
        var length = TimeBytes + 1 + Encoding.ASCII.GetBytes(instance, destination[(TimeBytes + 1)..]);
        destination[length++] = (byte)' ';
        NameOf(stream).CopyTo(destination[length..]);
        length += 3;
        if (continues)
        {
            destination[length++] = (byte)'+';
        }

        destination[length++] = (byte)' ';
        return length;
    }

    /// <summary>The record as it stands in the file, without the line end.</summary>
    /// <exception cref="ArgumentException">The text holds a line end, or the instance name is not one.</exception>
    public static string Format(LogRecord record)
    {
        if (record.Text.Contains('\n', StringComparison.Ordinal))
        {
            throw new ArgumentException("one record is one line", nameof(record));
        }

        Span<byte> prefix = stackalloc byte[MaxPrefixBytes];
        var length = FormatPrefix(prefix, record.At, record.Instance, record.Stream, record.Continues);
        return Encoding.ASCII.GetString(prefix[..length]) + record.Text;
    }

    /// <summary>Reads one line (without its line end) back. False when it was not written by Mainstay or is torn.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out LogLineParts parts)
    {
        parts = default;
        if (line.Length <= TimeBytes || line[TimeBytes] != ' ' || !TryReadTime(line, out var at))
        {
            return false;
        }

        var rest = line[(TimeBytes + 1)..];
        var space = rest.IndexOf((byte)' ');
        if (space is <= 0 or > MaxInstanceBytes || rest.Length < space + 5)
        {
            return false;
        }

        var tail = rest[(space + 1)..];
        if (!TryReadStream(tail[..3], out var stream))
        {
            return false;
        }

        var continues = tail[3] == '+';
        var text = continues ? 4 : 3;
        if (tail.Length <= text || tail[text] != ' ')
        {
            return false;
        }

        parts = new LogLineParts(at, rest[..space], stream, continues, tail[(text + 1)..]);
        return true;
    }

    /// <summary>Reads one line of text back; what <see cref="Format"/> wrote comes back equal.</summary>
    public static bool TryParse(string line, out LogRecord record)
    {
        if (TryParse(Encoding.UTF8.GetBytes(line), out LogLineParts parts))
        {
            record = parts.ToRecord();
            return true;
        }

        record = new LogRecord(default, "", LogStream.Sys, line);
        return false;
    }

    public static bool IsInstanceName(string name) => name.Length is > 0 and <= MaxInstanceBytes && name.All(c => c is > ' ' and < '\x7f');

    private static ReadOnlySpan<byte> NameOf(LogStream stream) => stream switch
    {
        LogStream.Out => "out"u8,
        LogStream.Err => "err"u8,
        LogStream.Sys => "sys"u8,
    };

    private static bool TryReadStream(ReadOnlySpan<byte> name, out LogStream stream)
    {
        stream = name.SequenceEqual("out"u8) ? LogStream.Out : name.SequenceEqual("err"u8) ? LogStream.Err : LogStream.Sys;
        return stream is not LogStream.Sys || name.SequenceEqual("sys"u8);
    }

    private static void WriteTime(Span<byte> destination, DateTimeOffset at)
    {
        var utc = at.UtcDateTime;
        WriteDigits(destination[..4], utc.Year);
        destination[4] = (byte)'-';
        WriteDigits(destination[5..7], utc.Month);
        destination[7] = (byte)'-';
        WriteDigits(destination[8..10], utc.Day);
        destination[10] = (byte)'T';
        WriteDigits(destination[11..13], utc.Hour);
        destination[13] = (byte)':';
        WriteDigits(destination[14..16], utc.Minute);
        destination[16] = (byte)':';
        WriteDigits(destination[17..19], utc.Second);
        destination[19] = (byte)'.';
        WriteDigits(destination[20..26], (int)(utc.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
        destination[26] = (byte)'Z';
    }

    private static bool TryReadTime(ReadOnlySpan<byte> text, out DateTimeOffset at)
    {
        at = default;
        if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != '.' || text[26] != 'Z'
            || !TryReadDigits(text[..4], out var year) || !TryReadDigits(text[5..7], out var month) || !TryReadDigits(text[8..10], out var day)
            || !TryReadDigits(text[11..13], out var hour) || !TryReadDigits(text[14..16], out var minute) || !TryReadDigits(text[17..19], out var second)
            || !TryReadDigits(text[20..26], out var micros)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        at = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).AddTicks(micros * TimeSpan.TicksPerMicrosecond);
        return true;
    }

    private static void WriteDigits(Span<byte> destination, int value)
    {
        for (var i = destination.Length - 1; i >= 0; i--)
        {
            destination[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var b in text)
        {
            if (b is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + b - '0';
        }

        return true;
    }
}

/// <summary>One line of a log file, not yet copied out of the buffer that it was read into.</summary>
public readonly ref struct LogLineParts(DateTimeOffset at, ReadOnlySpan<byte> instance, LogStream stream, bool continues, ReadOnlySpan<byte> text)
{
    public DateTimeOffset At { get; } = at;

    public ReadOnlySpan<byte> Instance { get; } = instance;

    public LogStream Stream { get; } = stream;

    public bool Continues { get; } = continues;

    public ReadOnlySpan<byte> Text { get; } = text;

    public LogRecord ToRecord() => new(At, Encoding.UTF8.GetString(Instance), Stream, Encoding.UTF8.GetString(Text), Continues);
}
