namespace Mainstay.Realtime.Serving;

/// <summary>How a process is asked to end; each is stronger than the one before it, which has then come as well.</summary>
/// <param name="Drain">As soon as nobody needs it: SIGTERM, however often.</param>
/// <param name="Soon">Now, politely: SIGINT.</param>
/// <param name="Now">At once: a second SIGINT, from a person.</param>
public sealed record StopSignals(CancellationToken Drain, CancellationToken Soon, CancellationToken Now);
