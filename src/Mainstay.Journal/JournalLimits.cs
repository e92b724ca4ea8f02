namespace Mainstay.Journal;

/// <summary>How much a journal keeps; the same for every implementation.</summary>
public static class JournalLimits
{
    /// <summary>Rows of the event log; the oldest go in the transaction that passes the limit.</summary>
    public const int Events = 20_000;

    /// <summary>Characters of one event's sentence; a longer one is cut and ends with an ellipsis.</summary>
    public const int BecauseLength = 2_000;

    internal static string Cut(string because) =>
        because.Length <= BecauseLength ? because : string.Concat(because.AsSpan(0, BecauseLength - 1), "…");
}
