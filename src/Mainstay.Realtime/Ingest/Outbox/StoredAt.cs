namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>Where a record is safe.</summary>
public enum StoredAt
{
    /// <summary>The broker has confirmed it.</summary>
    Broker,

    /// <summary>On the disk of this machine, to be sent when the broker is back.</summary>
    Spool,
}
