namespace Mainstay.Harness.Load;

/// <summary>One lost request: when, counted from the start of the load, and how.</summary>
public sealed record LostRequest(TimeSpan At, FailureKind Kind, string Detail, bool Slow)
{
    public override string ToString() => $"{At.TotalSeconds:0.000} s {(Slow ? "slow " : "")}{Kind}: {Detail}";
}

/// <summary>What came of a load.</summary>
/// <param name="Versions">Every version that answered, in order of first appearance.</param>
/// <param name="LongestGap">The longest time in which nobody got a good answer to an ordinary question.</param>
public sealed record LoadReport(
    int Good, int GoodSlow, IReadOnlyList<LostRequest> Lost, IReadOnlyList<string> Versions, IReadOnlySet<int> Pids, TimeSpan Median, TimeSpan P99, TimeSpan Longest, TimeSpan LongestGap)
{
    public IReadOnlyDictionary<FailureKind, int> LostByKind => Lost.GroupBy(l => l.Kind).ToDictionary(g => g.Key, g => g.Count());

    /// <summary>Fails, with the first losses, unless every request got a good answer and there were enough to mean something.</summary>
    public LoadReport MustHaveLostNothing(int atLeast = 100)
    {
        if (Lost.Count > 0)
        {
            throw new Processes.HarnessException(
                $"{Lost.Count} of {Good + GoodSlow + Lost.Count} requests were lost ({Kinds}):\n{string.Join('\n', Lost.Take(20))}");
        }

        return Good >= atLeast ? this : throw new Processes.HarnessException($"only {Good} requests were answered; that proves nothing");
    }

    public string Kinds => string.Join(", ", LostByKind.Select(k => $"{k.Value} {k.Key}"));

    public override string ToString() => $"{Good} good, {GoodSlow} slow good, {Lost.Count} lost {Kinds}";
}
