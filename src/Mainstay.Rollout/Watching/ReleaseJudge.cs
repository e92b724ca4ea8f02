using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Watching;

/// <summary>What the new release has shown so far, beside what the old one did.</summary>
/// <param name="Restarts">Unplanned exits of the new instances, together.</param>
/// <param name="LastExit">How the last of them came, one sentence.</param>
/// <param name="MemoryKills">New instances that reached their memory limit.</param>
/// <param name="HasRoute">The edge sends it requests, and can tell of them.</param>
internal sealed record ReleaseSeen(Figures Old, Figures New, int Restarts, string LastExit, int MemoryKills, bool HasRoute = true);

/// <summary>Whether a new release may stay. Pure, and asked again and again while a rollout bakes or its canary is compared.</summary>
internal static class ReleaseJudge
{
    /// <summary>A share of fewer requests than this says nothing.</summary>
    public const int RequestsForErrors = 20;

    /// <summary>A 99th percentile needs a hundredth request.</summary>
    public const int RequestsForP99 = 100;

    /// <summary>Null: nothing speaks against it so far. Else one sentence with both sides.</summary>
    public static string? Objection(ReleaseSeen seen, RollbackOnSpec limits)
    {
        if (limits.MemoryLimit && seen.MemoryKills > 0)
        {
            return $"reached its memory limit: {seen.LastExit}";
        }

        if (limits.Restarts is { } restarts && seen.Restarts >= restarts)
        {
            return string.Create(CultureInfo.InvariantCulture, $"ended unasked {Times(seen.Restarts)} (rollback_on.restarts is {restarts}): {seen.LastExit}");
        }

        return Errors(seen, limits) ?? Slowness(seen, limits);
    }

    /// <summary>What could not be judged for want of requests, a sentence each. Silence would read as if it had been judged and found well.</summary>
    public static ImmutableArray<string> Unjudged(ReleaseSeen seen, RollbackOnSpec limits) =>
    [
        .. limits.ErrorRate is not null && seen.New.Requests < RequestsForErrors
            ? [string.Create(CultureInfo.InvariantCulture, $"too few requests to judge the error rate ({seen.New.Requests} of {RequestsForErrors})")]
            : Array.Empty<string>(),
        .. limits.P99Factor is not null && seen.New.Requests < RequestsForP99
            ? [string.Create(CultureInfo.InvariantCulture, $"too few requests to judge p99 ({seen.New.Requests} of {RequestsForP99})")]
            : limits.P99Factor is not null && seen.Old.Requests < RequestsForP99
            ? [string.Create(CultureInfo.InvariantCulture, $"too few requests to judge p99 ({seen.Old.Requests} of {RequestsForP99} by the release before)")]
            : Array.Empty<string>(),
    ];

    private static string? Errors(ReleaseSeen seen, RollbackOnSpec limits) =>
        limits.ErrorRate is { } limit && seen.New.Requests >= RequestsForErrors && seen.New.ErrorRate > limit && seen.New.ErrorRate > seen.Old.ErrorRate
            ? string.Create(CultureInfo.InvariantCulture, $"failed {seen.New.Failures} of {seen.New.Requests} requests, {Percent(seen.New.ErrorRate)} (rollback_on.error_rate is {Percent(limit)}; {(seen.Old.Requests == 0 ? "no release before to compare with" : $"the release before failed {Percent(seen.Old.ErrorRate)} of {seen.Old.Requests.ToString(CultureInfo.InvariantCulture)}")})")
            : null;

    private static string? Slowness(ReleaseSeen seen, RollbackOnSpec limits) =>
        limits.P99Factor is { } factor && seen.Old.Requests >= RequestsForP99 && seen.New.Requests >= RequestsForP99
        && seen.Old.P99() is { } old && seen.New.P99() is { } now && now > old * factor
            ? string.Create(CultureInfo.InvariantCulture, $"answers its slowest hundredth in up to {Milliseconds(now)}, more than {factor:0.##} times the {Milliseconds(old)} of the release before (rollback_on.p99)")
            : null;

    private static string Times(int count) => count == 1 ? "once" : $"{count.ToString(CultureInfo.InvariantCulture)} times";

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} %");

    private static string Milliseconds(TimeSpan span) => span == TimeSpan.MaxValue ? "more than two minutes" : string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.#} ms");
}
