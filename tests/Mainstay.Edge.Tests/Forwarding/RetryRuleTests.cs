using System.Text;
using Mainstay.Edge.Forwarding;
using Mainstay.Testing;

namespace Mainstay.Edge.Tests.Forwarding;

public sealed class RetryRuleTests
{
    private static readonly bool[] Both = [false, true];

    /// <summary>Every cell of the rule, for the eye of a reviewer.</summary>
    [Fact]
    public void The_whole_table()
    {
        var table = new StringBuilder("attempt | repeatable | deaths | tries | other | learned | hold -> next, answer\n");
        foreach (var attempt in Enum.GetValues<Attempt>())
        {
            foreach (var facts in Facts())
            {
                var (next, verdict) = RetryRule.After(attempt, facts);
                table.Append(System.Globalization.CultureInfo.InvariantCulture, $"{attempt} | {Word(facts.Repeatable)} | {facts.Deaths} | {facts.Count} | {Word(facts.HasOther)} | {facts.Learned} | {Word(facts.Hold)} -> {next}{(verdict is null ? "" : $", {verdict.Status} {verdict.Kind}")}\n");
            }
        }

        Golden.Match(table.ToString(), "retry-rule.txt");
    }

    [Fact]
    public void What_may_have_been_processed_is_sent_again_only_when_it_is_repeatable_and_more_than_once_only_while_requests_are_held()
    {
        foreach (var attempt in new[] { Attempt.Died, Attempt.Broken, Attempt.TimedOut, Attempt.ClientFailed, Attempt.Done })
        {
            foreach (var facts in Facts())
            {
                if (RetryRule.After(attempt, facts).Next != Next.Answer)
                {
                    Assert.Equal(Attempt.Died, attempt);
                    Assert.True(facts is { Repeatable: true, Deaths: 1 } or { Repeatable: true, Hold: true, Deaths: < 3 });
                }
            }
        }
    }

    private static IEnumerable<TryFacts> Facts() =>
        from repeatable in Both
        from deaths in new[] { 1, 2, 3 }
        from count in new[] { 1, 3 }
        from other in Both
        from learned in new[] { 0, 1, 3 }
        from hold in Both
        select new TryFacts(repeatable, deaths, count, other, learned, hold);

    private static string Word(bool value) => value ? "yes" : "no";
}
