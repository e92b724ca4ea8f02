using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>An address of the edge: scheme, IP address or localhost, port; nothing else.</summary>
internal static class ListenAddress
{
    public static ParsedKind<ListenSpec> Kind { get; } = new(
        ManifestCodes.BadListenAddress, "http:// or https://, an IP address or localhost, and a port", "\"http://127.0.0.1:8080\"", Parse, Hint);

    private static ListenSpec? Parse(string text)
    {
        var https = text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (!https && !text.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var rest = text[(https ? 8 : 7)..].TrimEnd('/');
        var colon = rest.LastIndexOf(':');
        return colon > 0 && Port(rest[(colon + 1)..]) is { } port && Address(rest[..colon]) is { } address
            ? new ListenSpec(https, address, port, SourceSpan.None)
            : null;
    }

    private static int? Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535 ? port : null;

    private static string? Address(string text)
    {
        if (text.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return "127.0.0.1";
        }

        if (text is ['[', .. var inner, ']'])
        {
            // A zone ("%eth0") would be lost.
            var isSix = IPAddress.TryParse(inner, out var six) && six.AddressFamily is AddressFamily.InterNetworkV6 && !inner.Contains('%', StringComparison.Ordinal);
            return isSix ? six!.ToString() : null;
        }

        // The parser of addresses also takes "127.1" and "0x7f000001", which nobody means.
        return IPAddress.TryParse(text, out var four) && four.AddressFamily is AddressFamily.InterNetwork && four.ToString() == text ? text : null;
    }

    private static string? Hint(string text)
    {
        if (text.StartsWith("unix", StringComparison.OrdinalIgnoreCase) || text.StartsWith('/'))
        {
            return "write an IP address and a port; the edge does not listen on unix sockets";
        }

        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var (before, rest) = scheme < 0 ? ("http", text) : (text[..scheme].ToLowerInvariant(), text[(scheme + 3)..]);
        if (before is not ("http" or "https"))
        {
            return "write http:// or https:// before the address";
        }

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && slash < rest.Length - 1)
        {
            return "remove the path; paths belong to routes";
        }

        rest = rest.TrimEnd('/');
        var colon = rest.LastIndexOf(':');
        var (host, port) = colon < 0 ? (rest, "") : (rest[..colon], rest[(colon + 1)..]);
        return (host, port) switch
        {
            _ when scheme < 0 && colon < 0 && Port(rest) is { } only => $"write \"http://127.0.0.1:{only}\" for this machine alone, or \"http://0.0.0.0:{only}\" for everybody",
            ("*" or "+" or "", _) when Port(port) is { } open => $"write \"{before}://0.0.0.0:{open}\" for every IPv4 address, or \"{before}://[::]:{open}\" for every address",
            _ when Address(host) is null && Address($"[{rest}]") is not null => $"put the address into brackets, and add a port: \"{before}://[{rest}]:8080\"",
            _ when Address(host) is null && Address(rest) is null => "write an IP address; host names belong to routes",
            _ when Port(port) is null => $"add a port from 1 to 65535, for example \"{before}://{(Address(rest) is null ? host : rest)}:8080\"",
            _ when scheme < 0 => $"write \"http://{rest}\" or \"https://{rest}\"",
            _ => null,
        };
    }
}
