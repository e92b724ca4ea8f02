namespace Mainstay.Realtime.Auth;

/// <summary>What came of asking who a connection is.</summary>
public abstract record AuthOutcome
{
    private AuthOutcome()
    {
    }

    /// <summary>It may connect, as this identity.</summary>
    public sealed record Admitted(Identity Identity) : AuthOutcome;

    /// <summary>It may not. Everything that is said about it follows from the reason, so that no part of a credential can be in it.</summary>
    /// <param name="Why">The reason.</param>
    /// <param name="Challenge">The value of <c>WWW-Authenticate</c> for a 401; empty otherwise.</param>
    public sealed record Refused(Refusal Why, string Challenge = "") : AuthOutcome
    {
        public int Status => Why.Status();

        public string Code => Why.Code();

        public string Because => Why.Sentence();
    }
}
