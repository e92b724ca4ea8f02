using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Mainstay.Linux.Proc.Ports;

/// <summary>Who listens, from /proc/net/tcp and tcp6. Empty where /proc does not tell.</summary>
public static class PortTable
{
    private const string ListenState = "0A";

    /// <summary>Every listening TCP socket of this network namespace.</summary>
    public static ImmutableArray<PortListener> Listening() => [.. Read("/proc/net/tcp"), .. Read("/proc/net/tcp6")];

    internal static IEnumerable<PortListener> Parse(IEnumerable<string> lines) => lines.Skip(1).Select(ParseLine).OfType<PortListener>();

    private static PortListener[] Read(string path)
    {
        try
        {
            return [.. Parse(File.ReadLines(path))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A host without IPv6 has no tcp6, and a hardened one may hide both: nobody is then known to listen.
            return [];
        }
    }

    /// <summary>"sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ...", addresses in hexadecimal.</summary>
    private static PortListener? ParseLine(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 10 || fields[3] != ListenState || fields[1].Split(':') is not [var address, var port])
        {
            return null;
        }

        return ParseAddress(address) is { } parsed
            && int.TryParse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number)
            && uint.TryParse(fields[7], CultureInfo.InvariantCulture, out var user)
            && long.TryParse(fields[9], CultureInfo.InvariantCulture, out var inode)
                ? new(parsed, number, inode, user)
                : null;
    }

    /// <summary>The kernel prints each group of four bytes as one number in its own byte order.</summary>
    private static IPAddress? ParseAddress(string hex)
    {
        if (hex.Length is not (8 or 32))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[hex.Length / 2];
        for (var i = 0; i < hex.Length; i += 8)
        {
            if (!uint.TryParse(hex.AsSpan(i, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var word))
            {
                return null;
            }

            // Network order as stored in memory; writing it back in the host's order undoes the kernel's printing.
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i / 2)..], BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        return new(bytes);
    }
}
