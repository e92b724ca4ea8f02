namespace Mainstay.Realtime.Hub.Rooms;

/// <summary>Something that was published in a room, as it is kept and delivered.</summary>
/// <param name="Offset">Its place in the epoch: 1, 2, 3 … without a gap.</param>
/// <param name="At">When it was published, on the hub's clock.</param>
/// <param name="Data">JSON in UTF-8.</param>
/// <param name="Key">The publisher's name for it, or null.</param>
/// <param name="Correlation">As in the publisher's message.</param>
/// <param name="Trace">A W3C traceparent, or null.</param>
internal sealed record RoomEvent(long Offset, DateTimeOffset At, ReadOnlyMemory<byte> Data, string? Key, string Correlation, string? Trace)
{
    /// <summary>What it takes in memory, about, in bytes.</summary>
    public int Size => 128 + Data.Length + (Key?.Length ?? 0) + Correlation.Length;
}

/// <summary>A place in a room: behind the event with this offset, in this epoch. Offset 0 is before the first.</summary>
internal readonly record struct RoomPosition(string Epoch, long Offset)
{
    /// <summary>From <c>EPOCH:OFFSET</c>; null if it is not of that form. An epoch is a name without a colon.</summary>
    public static RoomPosition? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon <= MaxEpochLength && long.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var offset)
            ? new(text[..colon], offset)
            : null;
    }

    public const int MaxEpochLength = 64;

    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Epoch}:{Offset}");
}
