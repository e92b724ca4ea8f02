using Mainstay.Edge.Answers;

namespace Mainstay.Edge.Forwarding;

/// <summary>What to do after a try that gave no response.</summary>
internal enum Next
{
    /// <summary>There is nothing more to try.</summary>
    Answer,

    /// <summary>Another instance, or the same when there is no other.</summary>
    TryAgain,

    /// <summary>Wait a moment for the daemon's word about the only instance, then try by what it said; answer when it says nothing.</summary>
    Learn,
}

/// <summary>What the rule needs to know about a request and what was tried for it.</summary>
/// <param name="Repeatable">The method is idempotent and the body can be sent again: twice has the effect of once.</param>
/// <param name="Deaths">How many instances it may have been processed by that then died, the last one included.</param>
/// <param name="SameAgain">The last one had died under it before: a process that ends still accepts connections, and drops them.</param>
/// <param name="Count">Tries so far, the last one included.</param>
/// <param name="HasOther">Another instance is ready, or the routing has changed since.</param>
/// <param name="MayWait">It has not waited for the daemon's word yet; or requests are held, and its time is not over.</param>
/// <param name="Hold">The daemon says that the service's requests are worth holding: what falls now is about to be replaced.</param>
internal readonly record struct TryFacts(bool Repeatable, int Deaths, bool SameAgain, int Count, bool HasOther, bool MayWait, bool Hold);

/// <summary>When a request may be sent again (RFC 9110 9.2.2). Pure.</summary>
internal static class RetryRule
{
    private const int MaxTries = 3;

    /// <returns>What to do, and what to answer when nothing is left to do.</returns>
    public static (Next Next, EdgeVerdict? Verdict) After(Attempt attempt, TryFacts facts) => attempt switch
    {
        // Nothing was sent: every method may try again, but not for ever. With nobody left to try, the daemon is asked.
        Attempt.Refused or Attempt.ConnectTimedOut when facts is { HasOther: true, Count: < MaxTries } => (Next.TryAgain, null),
        Attempt.Refused or Attempt.ConnectTimedOut when facts.MayWait => (Next.Learn, Unreached(attempt)),
        Attempt.Refused or Attempt.ConnectTimedOut => (Next.Answer, Unreached(attempt)),

        // The same process cannot die twice: what is known of it is old, and the daemon is about to say so.
        Attempt.Died when facts is { Repeatable: true, SameAgain: true, MayWait: true } => (Next.Learn, EdgeVerdict.ConnectionFailed),

        // It may have been processed. Once more, and only when that cannot hurt.
        Attempt.Died when facts is { Repeatable: true, SameAgain: false, Deaths: 1 } => (Next.TryAgain, null),

        // A release on trial that falls takes its instances down one after another; the one from before is on its way.
        Attempt.Died when facts is { Repeatable: true, SameAgain: false, Hold: true, Deaths: < MaxTries } => (Next.TryAgain, null),
        Attempt.Died => (Next.Answer, EdgeVerdict.ConnectionFailed),

        // The service has begun to answer, or is still at work: a second request would be a second one.
        Attempt.Broken => (Next.Answer, EdgeVerdict.BadResponse),
        Attempt.TimedOut => (Next.Answer, EdgeVerdict.TimedOut),

        // The verdict depends on what was wrong with the body.
        Attempt.ClientFailed => (Next.Answer, null),
        Attempt.Done => (Next.Answer, null),
    };

    private static EdgeVerdict Unreached(Attempt attempt) => attempt == Attempt.Refused ? EdgeVerdict.ConnectionFailed : EdgeVerdict.ConnectTimedOut;
}
