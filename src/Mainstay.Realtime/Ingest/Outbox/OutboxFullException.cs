namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>A record could not be made safe anywhere.</summary>
public sealed class OutboxFullException(string message) : Exception(message);
