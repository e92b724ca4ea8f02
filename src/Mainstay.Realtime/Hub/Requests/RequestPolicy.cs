namespace Mainstay.Realtime.Hub.Requests;

/// <summary>How long the hub waits for what, and how much it keeps for a device.</summary>
internal sealed record RequestPolicy
{
    /// <summary>From the send to the device's <c>ack</c>: it only has to store it.</summary>
    public TimeSpan AckWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two questions for what became of a request.</summary>
    public TimeSpan AskEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an outcome is looked for before it is called unknown.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a key and its outcome are kept after the end.</summary>
    public TimeSpan KeyKept { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The same for an unknown outcome: whoever asks again the next morning must be told, not printed for twice.</summary>
    public TimeSpan UnknownKept { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The least that a busy device is left alone, whatever it says: it must not make a hot loop.</summary>
    public TimeSpan BusyAtLeast { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Unknown outcomes that a device is asked about when it connects, newest first: the questions must not fill its connection.</summary>
    public int MaxLateQuestions { get; init; } = 100;

    /// <summary>Requests of a device that have not ended.</summary>
    public int MaxLive { get; init; } = 200;

    /// <summary>Requests of a device with those whose keys are kept.</summary>
    public int MaxKept { get; init; } = 5000;

    /// <summary>What all of them hold, in bytes.</summary>
    public long MaxBytes { get; init; } = 32 << 20;
}
