namespace Mainstay.Realtime.Hub.Status;

/// <summary>The last that is known of something.</summary>
/// <param name="Of">Its name in the branch.</param>
/// <param name="Data">JSON in UTF-8, as the device said it.</param>
/// <param name="At">When the device said it. The hub never makes a value or a time up.</param>
/// <param name="Online">The device that said it is connected.</param>
internal sealed record StatusItem(string Of, ReadOnlyMemory<byte> Data, DateTimeOffset At, bool Online);

internal sealed record StatusLimits
{
    /// <summary>The longest that a change waits for others: a batch is sent this long after the first change in it, however many follow.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Keys of one device.</summary>
    public int MaxKeys { get; init; } = 200;

    /// <summary>One value, in bytes.</summary>
    public int MaxData { get; init; } = 4096;
}

internal enum StatusVerdict
{
    Taken,
    TooLarge,
    TooManyKeys,

    /// <summary>The key is another device's.</summary>
    Forbidden,
}
