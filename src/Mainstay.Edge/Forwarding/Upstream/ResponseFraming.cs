namespace Mainstay.Edge.Forwarding.Upstream;

/// <summary>What a response head says about the bytes that follow it.</summary>
internal struct ResponseFraming
{
    public int Status;

    /// <summary>-1 when there was none.</summary>
    public long ContentLength;

    public bool Chunked;

    /// <summary>The connection cannot carry another exchange.</summary>
    public bool Close;

    public bool EventStream;

    /// <summary>Seconds after which the peer closes an idle connection, from Keep-Alive; 0 when it said nothing.</summary>
    public int KeepAliveSeconds;

    /// <summary>The value of Connection when it nominates other fields, else null.</summary>
    public string? Nominated;

    public string? ReasonPhrase;
}
