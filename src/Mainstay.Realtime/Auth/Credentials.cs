using System.Collections.Immutable;
using System.Net;

namespace Mainstay.Realtime.Auth;

/// <summary>What a request carried that may prove who sent it. It does not print itself, because most of it is secret.</summary>
public sealed record Credentials
{
    public string Method { get; init; } = "GET";

    public string Scheme { get; init; } = "https";

    /// <summary>As in the Host header, with its port if it has one.</summary>
    public string Host { get; init; } = "";

    /// <summary>As received, not decoded: signatures cover the text that was sent.</summary>
    public string Path { get; init; } = "/";

    /// <summary>As received, without its question mark; empty if there is none.</summary>
    public string Query { get; init; } = "";

    /// <summary>One entry for each header line.</summary>
    public ImmutableArray<string> Authorization { get; init; } = [];

    /// <summary>One entry for each header line.</summary>
    public ImmutableArray<string> Origin { get; init; } = [];

    /// <summary>One entry for each line of <c>X-Twilio-Signature</c>.</summary>
    public ImmutableArray<string> TwilioSignature { get; init; } = [];

    /// <summary>One entry for each line of <c>Sec-WebSocket-Protocol</c>; a line may offer several, divided by commas.</summary>
    public ImmutableArray<string> SubProtocol { get; init; } = [];

    /// <summary>The client's address after trusted proxies, or null if it is not known.</summary>
    public IPAddress? Peer { get; init; }

    public required DateTimeOffset Now { get; init; }

    public override string ToString() => "(credentials)";
}
