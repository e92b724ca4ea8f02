namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>When a key set may and must be fetched.</summary>
/// <param name="LastTry">When a fetch was last begun.</param>
/// <param name="LastGood">When keys last came.</param>
public readonly record struct JwksSchedule(DateTimeOffset? LastTry, DateTimeOffset? LastGood)
{
    /// <summary>Tokens with invented key ids must not become a flood of fetches.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(30);

    /// <summary>How long a removed key may still be believed.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    /// <summary>Whether a fetch may begin now, because somebody asks for a key that is not there.</summary>
    public bool MayFetch(DateTimeOffset now) => LastTry is not { } last || now - last >= MinInterval;

    /// <summary>When a fetch is due though nobody asks: soon after a failure, else when the keys are old.</summary>
    public DateTimeOffset Due(DateTimeOffset now)
    {
        if (LastTry is not { } last)
        {
            return now;
        }

        return last + (LastGood >= LastTry ? MaxAge : MinInterval);
    }
}
