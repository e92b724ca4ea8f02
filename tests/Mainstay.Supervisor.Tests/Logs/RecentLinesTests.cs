using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Contracts.Logs;
using Mainstay.Supervisor.Logs;

namespace Mainstay.Supervisor.Tests.Logs;

public class RecentLinesTests
{
    [Fact]
    public void Of_any_batches_the_newest_lines_within_the_limits_are_remembered() =>
        Prop.ForAll(Batches(), batches =>
        {
            var recent = new RecentLines();
            var all = new List<string>();
            foreach (var batch in batches)
            {
                var texts = batch.Select((length, i) => $"{all.Count + i}:" + new string('x', length)).ToList();
                all.AddRange(texts);
                recent.Add(Encoding.UTF8.GetBytes(string.Concat(texts.Select(Line))));
            }

            var taken = recent.Take(1000).Select(r => r.Text).ToList();
            var wanted = all.TakeLast(taken.Count).ToList();
            var enough = taken.Count == all.Count || taken.Count == RecentLines.MaxLines || wanted.Sum(t => Line(t).Length) + Line(all[^(taken.Count + 1)]).Length > RecentLines.MaxBytes;
            return taken.SequenceEqual(wanted) && enough;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_a_line_that_is_longer_than_all_its_beginning_is_remembered()
    {
        var recent = new RecentLines();
        recent.Add(Encoding.UTF8.GetBytes(Line("short") + Line("long " + new string('x', RecentLines.MaxBytes))));
        Assert.StartsWith("long xxx", Assert.Single(recent.Take(5)).Text, StringComparison.Ordinal);
        recent.Add(Encoding.UTF8.GetBytes(Line("next")));
        Assert.Equal("next", recent.Take(1)[0].Text);
    }

    [Fact]
    public void As_few_as_asked_are_given_and_none_when_there_are_none()
    {
        var recent = new RecentLines();
        Assert.Empty(recent.Take(3));
        recent.Add(Encoding.UTF8.GetBytes(Line("a") + Line("b")));
        Assert.Equal(["b"], recent.Take(1).Select(r => r.Text));
        Assert.Empty(recent.Take(0));
    }

    private static string Line(string text) => LogLine.Format(new LogRecord(DateTimeOffset.UnixEpoch, "api-1", LogStream.Out, text)) + "\n";

    private static Arbitrary<int[][]> Batches() =>
        Gen.Choose(0, 40).SelectMany(lines => Gen.OneOf(Gen.Choose(0, 20), Gen.Choose(0, 3000)).ArrayOf(lines)).ListOf(12).Select(l => l.ToArray()).ToArbitrary();
}
