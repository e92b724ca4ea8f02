namespace Mainstay.Realtime.Hub.Limits;

/// <summary>
/// How much, in what time. In any time of length <paramref name="Per"/>, wherever it begins, at most <c>Count + Burst - 1</c> go through; in the long run <c>Count</c> do.
/// </summary>
/// <param name="Count">At least 1.</param>
/// <param name="Per">Longer than zero.</param>
/// <param name="Burst">So many may come at once after a silence; at least 1.</param>
internal sealed record Rate(int Count, TimeSpan Per, int Burst)
{
    /// <summary>From one to the next, rounded up: a rate is never exceeded for a fraction of a tick.</summary>
    public TimeSpan Interval => TimeSpan.FromTicks((Per.Ticks + Count - 1) / Count);

    public static Rate PerMinute(int count, int burst) => new(count, TimeSpan.FromMinutes(1), burst);
}

/// <summary>How often who may ask for something. A burst is small beside its count, so that no minute sees twice the count, as with counters that start anew at each minute.</summary>
internal sealed record HubRates
{
    /// <summary>All that is asked in a branch.</summary>
    public Rate Branch { get; init; } = Rate.PerMinute(10, 3);

    /// <summary>One device or one part of it.</summary>
    public Rate Target { get; init; } = Rate.PerMinute(5, 2);

    /// <summary>One token's subject, on all its connections.</summary>
    public Rate Identity { get; init; } = Rate.PerMinute(600, 50);

    /// <summary>Messages of one connection that want an answer.</summary>
    public Rate Connection { get; init; } = Rate.PerMinute(6000, 200);

    /// <summary>The same, with what needs no answer: status, pings, answers of devices. Who says more is closed: leaving out what a device says would be worse.</summary>
    public Rate Messages { get; init; } = Rate.PerMinute(120_000, 4_000);

    /// <summary>All messages of one token's subject, on all its connections.</summary>
    public Rate Subject { get; init; } = Rate.PerMinute(240_000, 8_000);

    /// <summary>Names that are counted at once, for each of the five.</summary>
    public int MaxNames { get; init; } = 20_000;
}
