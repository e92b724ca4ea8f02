namespace Mainstay.Realtime.Hub.Limits;

internal sealed record OutboxLimits
{
    /// <summary>What may wait to be written to one connection, in bytes: nobody's slowness costs the hub more.</summary>
    public long MaxBytes { get; init; } = 1 << 20;

    /// <summary>How long a connection may take nothing while something waits.</summary>
    public TimeSpan MaxStall { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>
/// What waits to be written to one connection. A reader that is too slow is closed (4002) and comes back to resume: waiting for it would hold up the others, and leaving messages out would be a gap that it
/// does not know of. One writer, no clock.
/// </summary>
internal sealed class Outbox(OutboxLimits limits)
{
    private DateTimeOffset _lastTaken;

    /// <summary>Bytes that wait.</summary>
    public long Waiting { get; private set; }

    /// <summary>When <see cref="IsTooSlow"/> becomes true if nothing is taken until then; null when nothing waits.</summary>
    public DateTimeOffset? Due => Waiting > 0 ? _lastTaken + limits.MaxStall : null;

    /// <returns>False: it does not fit, nothing was added, and the connection is to be closed.</returns>
    public bool TryAdd(int bytes, DateTimeOffset now)
    {
        if (Waiting + bytes > limits.MaxBytes)
        {
            return false;
        }

        _lastTaken = Waiting == 0 ? now : _lastTaken;
        Waiting += bytes;
        return true;
    }

    /// <summary>The connection took so many bytes.</summary>
    public void Took(int bytes, DateTimeOffset now) => (Waiting, _lastTaken) = (Waiting - bytes, now);

    public bool IsTooSlow(DateTimeOffset now) => Due is { } due && now >= due;
}
