namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>The bounds of an outbox.</summary>
public sealed record OutboxOptions
{
    /// <summary>Folder of the spools of this service; each process makes one of its own in it.</summary>
    public required string Directory { get; init; }

    /// <summary>Bytes that the spool of this process may have.</summary>
    public long SpoolBytes { get; init; } = 4L << 30;

    /// <summary>What gives way when the spool is full.</summary>
    public SpoolFull WhenFull { get; init; } = SpoolFull.Reject;

    /// <summary>Bytes sent to the broker and not confirmed.</summary>
    public int UnconfirmedBytes { get; init; } = 8 << 20;

    /// <summary>Bytes that go into the spool by one flush.</summary>
    public int SpoolBatchBytes { get; init; } = 4 << 20;

    /// <summary>With less than this left in the spool, new records wait for it to be empty instead of going into it.</summary>
    public long JoinBytes { get; init; } = 1 << 20;

    /// <summary>Bytes of records that wait in memory because neither the broker nor the spool takes them, of callers that cannot be paused.</summary>
    public int WaitingBytes { get; init; } = 16 << 20;

    /// <summary>The first pause between two tries to reach the broker; doubled up to <see cref="RetryMax"/>.</summary>
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A full spool is tried again this often, and the position of the spool is written at most this often.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Spools that other processes left behind are looked for this often.</summary>
    public TimeSpan LookForOrphans { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>What gives way when the spool may not grow.</summary>
public enum SpoolFull
{
    /// <summary>What comes: callers that can be paused are, of the others the newest is lost.</summary>
    Reject,

    /// <summary>The oldest that is spooled.</summary>
    DropOldest,
}
