using Mainstay.Edge.Answers;
using Mainstay.Edge.Guards.Idempotency;
using Mainstay.Edge.Guards.RateLimits;

namespace Mainstay.Edge.Guards;

/// <summary>The guards of one route, in the order of docs/guards.</summary>
/// <param name="obeys">Null: no switch.</param>
/// <param name="once">Null: requests are forwarded as often as they come.</param>
internal sealed class RouteGuards(SwitchGuard? obeys, RateLimit[] limits, IdempotencyRule? once = null)
{
    /// <summary>What is asked of requests that the others let through.</summary>
    public IdempotencyRule? Once => once;

    private readonly string? _policies = limits.Length == 0 ? null : string.Join(", ", limits.Select(l => l.Policy));

    /// <param name="now">A timestamp of the worker's clock, for what is counted.</param>
    /// <param name="time">For what somebody has set a time of day for.</param>
    public GuardDecision Decide(IRequestFacts facts, long now, DateTimeOffset time)
    {
        if (obeys?.Check(time) is { } off)
        {
            return obeys.HasStandIn ? new(null, IsStandIn: true) : new(off);
        }

        return limits.Length == 0 ? default : Count(facts, now);
    }

    /// <summary>All must let it through before it counts at any.</summary>
    private GuardDecision Count(IRequestFacts facts, long now)
    {
        Span<ulong> keys = stackalloc ulong[limits.Length];
        for (var i = 0; i < limits.Length; i++)
        {
            keys[i] = limits[i].KeyOf(facts);
        }

        if (limits.Length > 1 && Longest(keys, now) is { } refused)
        {
            return refused;
        }

        var (least, told) = (long.MaxValue, "");
        for (var i = 0; i < limits.Length; i++)
        {
            var (wait, wholeAt) = limits[i].Take(keys[i], now);
            if (wait > 0)
            {
                // Somebody was faster, or there is one limit only.
                for (var before = 0; before < i; before++)
                {
                    limits[before].GiveBack(keys[before]);
                }

                return Refuse(limits[i], wait);
            }

            var left = limits[i].Left(wholeAt, now);
            if (left < least)
            {
                (least, told) = (left, limits[i].Tell(wholeAt, now));
            }
        }

        return new(null, Policy: _policies, Limit: told);
    }

    private GuardDecision? Longest(ReadOnlySpan<ulong> keys, long now)
    {
        var (longest, at) = (0L, -1);
        for (var i = 0; i < limits.Length; i++)
        {
            if (limits[i].Look(keys[i], now).Wait is var wait && wait > longest)
            {
                (longest, at) = (wait, i);
            }
        }

        return at < 0 ? null : Refuse(limits[at], longest);
    }

    private GuardDecision Refuse(RateLimit limit, long wait) =>
        new(EdgeVerdict.TooManyRequests with { RetryAfter = limit.Seconds(wait) }, Policy: _policies, Limit: limit.Tell(wait));
}
