using Mainstay.Realtime.Hub.Access;

namespace Mainstay.Realtime.Hub.Limits;

internal enum LimitedBy
{
    Nothing,
    Connection,
    Identity,
    Branch,
    Target,
}

/// <param name="By">What was too much.</param>
/// <param name="RetryAfter">When the same would go through, if nobody else comes first; zero when it went through.</param>
internal readonly record struct LimitVerdict(LimitedBy By, TimeSpan RetryAfter);

/// <summary>
/// The rates that a request has to keep, all at once: what one of them refuses takes nothing from the others, so that who is refused for a busy printer does not use up the branch. A request that is
/// known by its key is not counted: asking again must be cheap, or nobody does it.
/// </summary>
internal sealed class RequestLimits(HubRates rates)
{
    private readonly RateLimiter _branches = new(rates.Branch, rates.MaxNames);
    private readonly RateLimiter _targets = new(rates.Target, rates.MaxNames);
    private readonly RateLimiter _identities = new(rates.Identity, rates.MaxNames);
    private readonly RateLimiter _subjects = new(rates.Subject, rates.MaxNames);
    private readonly RateLimiter _connections = new(rates.Connection, rates.MaxNames);

    /// <summary>A message of any kind, on any of its connections.</summary>
    public bool Subject(Identity who, DateTimeOffset now) => _subjects.TryTake(who.Name, now) == TimeSpan.Zero;

    /// <summary>A message that wants an answer.</summary>
    public LimitVerdict Message(string connection, DateTimeOffset now) => Verdict(LimitedBy.Connection, _connections.TryTake(connection, now));

    /// <summary>A new request. The longest of the waits is told, so that coming back then is not for nothing.</summary>
    public LimitVerdict Request(Identity who, TargetAddress target, DateTimeOffset now)
    {
        var (branch, to) = (target.Device.Branch.Name, target.ToString());
        var worst = default(LimitVerdict);
        foreach (var (by, wait) in ((LimitedBy, TimeSpan)[])[
            (LimitedBy.Identity, _identities.WaitFor(who.Name, now)),
            (LimitedBy.Branch, _branches.WaitFor(branch, now)),
            (LimitedBy.Target, _targets.WaitFor(to, now))])
        {
            worst = wait > worst.RetryAfter ? new(by, wait) : worst;
        }

        if (worst.By is LimitedBy.Nothing)
        {
            _identities.Take(who.Name, now);
            _branches.Take(branch, now);
            _targets.Take(to, now);
        }

        return worst;
    }

    private static LimitVerdict Verdict(LimitedBy by, TimeSpan wait) => wait > TimeSpan.Zero ? new(by, wait) : default;
}
