using System.Collections.Immutable;

namespace Mainstay.Realtime.Serving;

/// <summary>What becomes of a request for a WebSocket.</summary>
public abstract record UpgradeAnswer;

/// <summary>It becomes one.</summary>
/// <param name="Protocol">The subprotocol, one of those that the client offered; null for none.</param>
/// <param name="MaxMessageBytes">A longer message ends the connection with 1009.</param>
/// <param name="Handle">Everything that happens on it; when that ends, the connection does.</param>
public sealed record UpgradeAccepted(string? Protocol, int MaxMessageBytes, Func<MessageSocket, Task> Handle) : UpgradeAnswer
{
    /// <summary>Whoever handles it pings the peer and judges by the answers (<see cref="MessageSocket.Ping"/>); else the WebSocket does both by itself, with a timer for each connection.</summary>
    public bool IsPingedByHandler { get; init; }

    /// <summary>Messages may be compressed, if the client offers it in a way that is understood.</summary>
    public bool MayCompress { get; init; }

    /// <summary>How a peer is closed that does not read; null: it is cut.</summary>
    public (int Status, string Reason)? SlowClose { get; init; }
}

/// <summary>It does not.</summary>
/// <param name="Code">A stable word for programs.</param>
/// <param name="Detail">One sentence, without quotes and without anything that the request carried.</param>
public sealed record UpgradeRefusal(int Status, string Code, string Detail) : UpgradeAnswer
{
    /// <summary>More fields of the answer, like <c>Retry-After</c>.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Fields { get; init; } = [];

    /// <summary>The answer's body, of a protocol that has its own form for this; null: a problem as everywhere.</summary>
    public string? Json { get; init; }
}
