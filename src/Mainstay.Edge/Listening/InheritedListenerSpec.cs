using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Mainstay.Edge.Listening;

/// <summary>One inherited listening socket: its descriptor and what is spoken on it.</summary>
/// <param name="Url">As the manifest wrote it, e.g. <c>https://[::1]:8443</c>; the name under which the socket is handed over.</param>
public sealed record InheritedListenerSpec(int Descriptor, string Url, IPEndPoint EndPoint, bool Tls)
{
    /// <summary>Parses <c>3=http://127.0.0.1:8080;4=https://[::1]:8443</c>; empty text is an empty list.</summary>
    /// <exception cref="FormatException">An entry is malformed; the message quotes it.</exception>
    public static ImmutableArray<InheritedListenerSpec> ParseList(string text) =>
        [.. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];

    private static InheritedListenerSpec Parse(string entry)
    {
        var equals = entry.IndexOf('=');
        if (equals <= 0
            || !int.TryParse(entry.AsSpan(0, equals), NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor)
            || descriptor < 3)
        {
            throw new FormatException($"\"{entry}\" is not DESCRIPTOR=URL with a descriptor of 3 or more");
        }

        var url = entry[(equals + 1)..];
        var (tls, rest) = url switch
        {
            _ when url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) => (false, url[7..]),
            _ when url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) => (true, url[8..]),
            _ => throw new FormatException($"\"{url}\" is neither http:// nor https://"),
        };
        return IPEndPoint.TryParse(rest.TrimEnd('/').Replace("localhost", "127.0.0.1", StringComparison.OrdinalIgnoreCase), out var endPoint)
            ? new(descriptor, url, endPoint, tls)
            : throw new FormatException($"\"{url}\" has no address and port");
    }
}
