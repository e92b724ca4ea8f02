using System.Buffers;
using System.Text;
using Mainstay.Edge.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Mainstay.Edge.Forwarding.Upstream;

/// <summary>Reads a response head strictly: what two parsers could understand differently is refused, not repaired.</summary>
internal static class ResponseHeadParser
{
    // Control characters other than the tab: the server would not write them, and a client might split the head at them.
    private static readonly SearchValues<byte> ForbiddenInValue =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Append(0x7F).Where(b => b != '\t').Select(b => (byte)b)]);

    /// <summary>The length of the head including the empty line, or -1 when it is not complete yet.</summary>
    public static int Length(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        return end < 0 ? -1 : end + 4;
    }

    /// <summary>The status of a complete head, or -1 when its first line is not HTTP/1.x.</summary>
    public static int Status(ReadOnlySpan<byte> head) =>
        head.Length >= 14 && head.StartsWith("HTTP/1."u8) && (head[7] is (byte)'1' or (byte)'0') && head[8] == ' '
        && Digit(head[9]) is > 0 and var a && Digit(head[10]) is >= 0 and var b && Digit(head[11]) is >= 0 and var c
        && (head[12] is (byte)' ' or (byte)'\r')
            ? (a * 100) + (b * 10) + c
            : -1;

    /// <summary>Adds the end-to-end fields to <paramref name="headers"/>; false when the head is malformed, and then the headers are to be thrown away.</summary>
    public static bool TryParse(ReadOnlySpan<byte> head, IHeaderDictionary headers, out ResponseFraming framing)
    {
        framing = new() { Status = Status(head), ContentLength = -1, Close = head.Length > 7 && head[7] == '0' };
        var lineEnd = head.IndexOf("\r\n"u8);
        if (framing.Status < 0 || lineEnd < 0 || head[..lineEnd].ContainsAny(ForbiddenInValue))
        {
            return false;
        }

        framing.ReasonPhrase = Reason(head[..lineEnd], framing.Status);
        var rest = head[(lineEnd + 2)..];
        while (!rest.StartsWith("\r\n"u8))
        {
            lineEnd = rest.IndexOf("\r\n"u8);
            if (lineEnd < 0 || !TryField(rest[..lineEnd], headers, ref framing))
            {
                return false;
            }

            rest = rest[(lineEnd + 2)..];
        }

        if (framing.Chunked && (framing.ContentLength >= 0 || head[7] == '0'))
        {
            return false;
        }

        if (framing.Nominated is { } nominated)
        {
            HopByHop.RemoveNominated(headers, nominated);
        }

        return true;
    }

    private static bool TryField(ReadOnlySpan<byte> line, IHeaderDictionary headers, ref ResponseFraming framing)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || !HeaderText.IsToken(line[..colon]))
        {
            return false;
        }

        var name = line[..colon];
        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (value.ContainsAny(ForbiddenInValue))
        {
            return false;
        }

        switch (HopByHop.ClassifyResponse(name))
        {
            case ResponseField.ContentLength:
                if (framing.ContentLength >= 0 || !HeaderText.TryLength(value, out var length))
                {
                    return false;
                }

                framing.ContentLength = length;
                return true;

            case ResponseField.TransferEncoding:
                if (framing.Chunked || !Ascii.EqualsIgnoreCase(value, "chunked"u8))
                {
                    return false;
                }

                framing.Chunked = true;
                return true;

            case ResponseField.Connection:
                ReadConnection(value, ref framing);
                return true;

            case ResponseField.KeepAlive:
                framing.KeepAliveSeconds = HeaderText.KeepAliveSeconds(value);
                return true;

            case ResponseField.HopByHop:
                return true;

            case ResponseField.ContentType:
                framing.EventStream = value.Length >= 17 && Ascii.EqualsIgnoreCase(value[..17], "text/event-stream"u8);
                headers.ContentType = HeaderText.Shared(value);
                return true;

            case ResponseField.EndToEnd:
                Add(headers, HeaderText.Shared(name), HeaderText.Shared(value));
                return true;
        }

        return true;
    }

    private static void ReadConnection(ReadOnlySpan<byte> value, ref ResponseFraming framing)
    {
        if (Ascii.EqualsIgnoreCase(value, "keep-alive"u8))
        {
            return;
        }

        if (Ascii.EqualsIgnoreCase(value, "close"u8))
        {
            framing.Close = true;
            return;
        }

        var text = Encoding.Latin1.GetString(value);
        framing.Close |= HopByHop.ContainsToken(text, "close");
        framing.Nominated = framing.Nominated is { } before ? $"{before},{text}" : text;
    }

    private static void Add(IHeaderDictionary headers, string name, string value)
    {
        headers[name] = headers.TryGetValue(name, out var before) ? StringValues.Concat(before, value) : value;
    }

    private static string? Reason(ReadOnlySpan<byte> line, int status)
    {
        if (line.Length <= 13)
        {
            return null;
        }

        var phrase = line[13..];
        return Ascii.Equals(phrase, ReasonPhrases.GetReasonPhrase(status)) ? null : Encoding.Latin1.GetString(phrase);
    }

    private static int Digit(byte b) => b is >= (byte)'0' and <= (byte)'9' ? b - '0' : -1;
}
