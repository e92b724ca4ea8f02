using System.Globalization;
using System.Text;
using Mainstay.Edge.Forwarding;
using Mainstay.Testing;

namespace Mainstay.Edge.Tests.Forwarding;

public sealed class RetryRuleTests
{
    private const int Columns = 7;

    private static readonly bool[] Both = [false, true];

    /// <summary>Every kind of case, for the eye of a reviewer: a star stands for both or all values where they make no difference.</summary>
    [Fact]
    public void The_whole_table()
    {
        var table = new StringBuilder("attempt | repeatable | deaths | same again | tries | other | may wait | hold -> next, answer\n");
        foreach (var attempt in Enum.GetValues<Attempt>())
        {
            var cells = Facts().Select(f => (Cells: Cells(f), Outcome: Outcome(attempt, f))).ToList();
            for (var column = 0; column < Columns; column++)
            {
                cells = Merged(cells, column);
            }

            foreach (var (row, outcome) in cells)
            {
                table.Append(CultureInfo.InvariantCulture, $"{attempt} | {string.Join(" | ", row)} -> {outcome}\n");
            }
        }

        Golden.Match(table.ToString(), "retry-rule.txt");
    }

    [Fact]
    public void What_may_have_been_processed_is_sent_again_only_when_it_is_repeatable_and_to_more_than_one_other_only_while_requests_are_held()
    {
        foreach (var attempt in new[] { Attempt.Died, Attempt.Broken, Attempt.TimedOut, Attempt.ClientFailed, Attempt.Done })
        {
            foreach (var facts in Facts())
            {
                if (RetryRule.After(attempt, facts).Next != Next.Answer)
                {
                    Assert.Equal(Attempt.Died, attempt);
                    Assert.True(facts.Repeatable);
                    Assert.True(facts is { SameAgain: true, MayWait: true } or { Deaths: 1 } or { Hold: true, Deaths: < 3 });
                }
            }
        }
    }

    private static IEnumerable<TryFacts> Facts() =>
        from repeatable in Both
        from deaths in new[] { 1, 2, 3 }
        from same in Both
        from count in new[] { 1, 3 }
        from other in Both
        from wait in Both
        from hold in Both
        select new TryFacts(repeatable, deaths, same, count, other, wait, hold);

    private static string[] Cells(TryFacts facts) =>
    [
        Word(facts.Repeatable), facts.Deaths.ToString(CultureInfo.InvariantCulture), Word(facts.SameAgain), facts.Count.ToString(CultureInfo.InvariantCulture),
        Word(facts.HasOther), Word(facts.MayWait), Word(facts.Hold),
    ];

    private static string Outcome(Attempt attempt, TryFacts facts)
    {
        var (next, verdict) = RetryRule.After(attempt, facts);
        return $"{next}{(verdict is null ? "" : $", {verdict.Status} {verdict.Kind}")}";
    }

    /// <summary>Rows that differ in one column only, have every value there and end alike, become one.</summary>
    private static List<(string[] Cells, string Outcome)> Merged(List<(string[] Cells, string Outcome)> rows, int column)
    {
        var values = rows.Select(r => r.Cells[column]).Distinct().Count(v => v != "*");
        return
        [
            .. rows.GroupBy(r => (Others: string.Join('|', r.Cells.Where((_, i) => i != column)), r.Outcome))
                .SelectMany(g => g.Count() == values ? [([.. g.First().Cells.Select((c, i) => i == column ? "*" : c)], g.Key.Outcome)] : g.AsEnumerable()),
        ];
    }

    private static string Word(bool value) => value ? "yes" : "no";
}
