namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>What the page for readers says around the tables.</summary>
internal static class ConformancePage
{
    public const string Head = """
        # RFC 6455, line by line

        Written by the tests (`ConformanceTests`): each line is tried on raw TCP at the hub and at ingest, at the services themselves and through the edge, and is answered like this by all four. The numbers follow the
        groups of the Autobahn suite. *Taken*: the service's own protocol shows that the message arrived, byte for byte at the hub. *Open*: nothing is said, and the connection goes on. What follows a semicolon is how the
        answer differs from the RFC, or where the RFC leaves a choice.

        Both services are .NET's WebSocket over connections of their own (see `docs/decisions/2026-11-22-sockets-without-http.md`). A peer that is refused gets its close and the end of the connection once it has ended it
        itself or has been quiet for half a second, so that it can read why.

        | case | sent | answer |
        |---|---|---|

        """;

    public const string BeforeHandshakes = """

        ## The handshake
        A request for a WebSocket that is right but for this, at the hub:

        | changed | answer |
        |---|---|

        """;
}
