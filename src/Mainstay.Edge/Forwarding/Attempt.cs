namespace Mainstay.Edge.Forwarding;

/// <summary>How one try at one instance ended.</summary>
internal enum Attempt
{
    /// <summary>The response is relayed, or what was relayed of it was cut off visibly.</summary>
    Done,

    /// <summary>No connection; nothing was sent.</summary>
    Refused,

    /// <summary>No connection within the connect timeout; nothing was sent.</summary>
    ConnectTimedOut,

    /// <summary>Something may have been sent, and the connection ended before the first byte of a response.</summary>
    Died,

    /// <summary>A response began and cannot be relayed: malformed, too long, or ended within its head. Nothing of it was relayed.</summary>
    Broken,

    /// <summary>Silence for the route's timeout. Nothing was relayed.</summary>
    TimedOut,

    /// <summary>The client's side failed: gone, or its body was refused.</summary>
    ClientFailed,
}
