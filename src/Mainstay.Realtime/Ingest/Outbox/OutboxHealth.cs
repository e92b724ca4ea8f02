namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>What an outbox can promise at this moment.</summary>
/// <param name="BrokerUp">The broker takes records.</param>
/// <param name="CanStore">A record would be stored: by the broker, or by the spool.</param>
/// <param name="Because">Why not, one sentence; empty when all is well.</param>
/// <param name="SpooledBytes">On disk and not yet confirmed by the broker, all spools of this process.</param>
/// <param name="Stored">Records that the broker confirmed, since the start.</param>
/// <param name="Spooled">Records that went into the spool, since the start.</param>
/// <param name="Lost">Records that were given up, since the start. Each is told of by a gap record.</param>
/// <param name="Direct">Of those that the broker confirmed, the ones that were never in the spool.</param>
public sealed record OutboxHealth(bool BrokerUp, bool CanStore, string Because, long SpooledBytes, long Stored, long Spooled, long Lost, long Direct);
