namespace Mainstay.Edge;

/// <summary>Every bound of a worker, in one place; reaching one is a decided answer, never a failure of the process.</summary>
public sealed record EdgeLimits
{
    /// <summary>Open client connections; one more is closed at once.</summary>
    public int Connections { get; init; } = 20_000;

    /// <summary>Bytes of request line; longer is 414.</summary>
    public int RequestLineBytes { get; init; } = 16 * 1024;

    /// <summary>Bytes of all request header fields; more is 431.</summary>
    public int RequestHeaderBytes { get; init; } = 64 * 1024;

    /// <summary>Number of request header fields; more is 431.</summary>
    public int RequestHeaderCount { get; init; } = 128;

    /// <summary>Bytes of a request body; more is 413. Bodies are streamed, so this bounds a client, not memory.</summary>
    public long RequestBodyBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of an upstream's response head; more is 502.</summary>
    public int ResponseHeadBytes { get; init; } = 64 * 1024;

    /// <summary>A request body that is complete in the client connection's buffer and not larger is sent in one write and can be replayed.</summary>
    public int ReplayableBodyBytes { get; init; } = 32 * 1024;

    /// <summary>Bytes of all request bodies that are held at the same time to be compared; one more is refused.</summary>
    public long HeldBodyBytes { get; init; } = 128 << 20;

    /// <summary>From the first byte of a head (or the accept) to its end; slower is 408.</summary>
    public TimeSpan RequestHead { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>From the accept to the end of the TLS handshake; slower connections are closed.</summary>
    public TimeSpan TlsHandshake { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>An idle keep-alive client connection is closed after this.</summary>
    public TimeSpan ClientIdle { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>Upstreams are local: a connect that takes longer has failed.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A pooled connection that dies this soon after a request was sent had been closed before: no fault of the instance.</summary>
    public TimeSpan StaleConnection { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>An idle upstream connection is closed after this: Node closes its own after 5 s, and the shorter side wins the race.</summary>
    public TimeSpan UpstreamIdle { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>A request that must not be sent twice uses a pooled connection only when it has been idle for less than this.</summary>
    public TimeSpan UpstreamIdleUnrepeatable { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Idle connections kept per instance.</summary>
    public int UpstreamIdleConnections { get; init; } = 256;

    /// <summary>Silence of an upstream (response head, and between body bytes) when the route names no timeout.</summary>
    public TimeSpan RouteTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Requests waiting for one service; one more is 503.</summary>
    public int HeldPerService { get; init; } = 1_000;

    /// <summary>A worker that no daemon has sent a snapshot by then ends; it has accepted nothing.</summary>
    public TimeSpan FirstSnapshot { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request that found its only instance gone waits for the daemon's word about it: a hold, a successor, or the truth.</summary>
    public TimeSpan RefusedGrace { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>An instance that refused a connection is chosen last for this long.</summary>
    public TimeSpan Suspicion { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The daemon hears of changed counts this often.</summary>
    public TimeSpan CountsInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of one control message.</summary>
    public int ControlLineBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>After a Close frame was sent, the peer has this long to answer it.</summary>
    public TimeSpan WebSocketClose { get; init; } = TimeSpan.FromSeconds(2);
}
