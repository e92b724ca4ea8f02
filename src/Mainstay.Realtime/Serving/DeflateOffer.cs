using System.Globalization;
using System.Net.WebSockets;

namespace Mainstay.Realtime.Serving;

/// <summary>
/// Compression of messages (permessage-deflate, RFC 7692), as it was agreed. Each message is compressed by itself, both ways: nothing is kept for a connection between two of them, and what one message
/// says cannot be told from the length of another.
/// </summary>
/// <param name="Answer">For <c>Sec-WebSocket-Extensions</c>.</param>
/// <param name="Options">For the WebSocket.</param>
internal sealed record DeflateOffer(string Answer, WebSocketDeflateOptions Options)
{
    private const string Extension = "permessage-deflate";
    private const int MaxWindow = 15;

    /// <summary>The library under the WebSocket cannot compress with the smallest window.</summary>
    private const int MinWindow = 9;

    /// <summary>By the first offer that can be met; null: none can, and messages go as they are.</summary>
    public static DeflateOffer? Choose(UpgradeRequest request) => request.Items("Sec-WebSocket-Extensions").Select(Meet).FirstOrDefault(o => o is not null);

    /// <summary>An offer with anything in it that is unknown, twice or wrong is declined, as the RFC has it (7.1); the connection is not.</summary>
    private static DeflateOffer? Meet(string offer)
    {
        var parts = offer.Split(';', StringSplitOptions.TrimEntries);
        if (!parts[0].Equals(Extension, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        int? window = null;
        foreach (var part in parts.Skip(1))
        {
            var (name, value) = part.Split('=', 2, StringSplitOptions.TrimEntries) is [var n, var v] ? (n, Unquoted(v)) : (part, null);
            if (!seen.Add(name))
            {
                return null;
            }

            switch (name.ToLowerInvariant(), value)
            {
                case ("server_no_context_takeover" or "client_no_context_takeover", null):
                case ("client_max_window_bits", null):
                    break;

                // What the client says of its own window is a hint: any can be inflated.
                case ("client_max_window_bits", { } bits) when Window(bits) is not null:
                    break;
                case ("server_max_window_bits", { } bits) when Window(bits) is { } wanted and >= MinWindow:
                    window = wanted;
                    break;
                default:
                    return null;
            }
        }

        var answer = $"{Extension}; server_no_context_takeover; client_no_context_takeover";
        return new(
            window is { } size ? string.Create(CultureInfo.InvariantCulture, $"{answer}; server_max_window_bits={size}") : answer,
            new() { ServerContextTakeover = false, ClientContextTakeover = false, ServerMaxWindowBits = window ?? MaxWindow, ClientMaxWindowBits = MaxWindow });
    }

    private static string Unquoted(string value) => value is ['"', .. var inner, '"'] ? inner : value;

    /// <summary>8 to 15 without leading zeros.</summary>
    private static int? Window(string bits) =>
        int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out var window) && window is >= 8 and <= MaxWindow && bits[0] != '0' ? window : null;
}
