using System.Text.RegularExpressions;
using Mainstay.Testing;

namespace Mainstay.Architecture.Tests;

/// <summary>The parts of docs/STYLE.md that a machine can check.</summary>
public partial class HouseRuleTests
{
    private const int MaxLines = 400;

    [Fact]
    public void A_file_is_one_concept_and_fits_in_the_head()
    {
        Assert.Empty(SourceFiles.All().Where(f => f.Lines > MaxLines).Select(f => $"{f.Path}: {f.Lines} lines"));
    }

    [Fact]
    public void Types_are_named_for_what_they_are()
    {
        var named = SourceFiles.All().SelectMany(f => VagueName().Matches(f.Text).Select(m => $"{f.Path}: {m.Value}"));
        Assert.Empty(named);
    }

    [Fact]
    public void No_test_sleeps_outside_the_end_to_end_tests()
    {
        var sleepers = SourceFiles.All()
            .Where(f => f.Path.Contains(".Tests/", StringComparison.Ordinal))
            .Where(f => !f.Path.Contains("EndToEnd", StringComparison.Ordinal) && !f.Path.Contains("Architecture", StringComparison.Ordinal))
            .Where(f => Sleep().IsMatch(f.Text));
        Assert.Empty(sleepers.Select(f => f.Path));
    }

    [Fact]
    public void No_test_is_skipped()
    {
        var skipped = SourceFiles.All().Where(f => !f.Path.Contains("Architecture", StringComparison.Ordinal) && SkippedTest().IsMatch(f.Text));
        Assert.Empty(skipped.Select(f => f.Path));
    }

    [Fact]
    public void An_event_id_means_one_thing_in_the_whole_product()
    {
        var ids = SourceFiles.Product().SelectMany(f => EventId().Matches(f.Text).Select(m => (Id: m.Groups["id"].Value, f.Path))).ToArray();
        Assert.NotEmpty(ids);
        Assert.Empty(ids.GroupBy(i => i.Id).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(i => i.Path))}"));
    }

    [Fact]
    public void Every_decision_note_says_context_decision_and_consequence()
    {
        foreach (var note in Directory.EnumerateFiles(Path.Combine(Repository.Root(), "docs/decisions"), "*.md"))
        {
            Assert.Matches(@"^\d{4}-\d{2}-\d{2}-[a-z0-9-]+\.md$", Path.GetFileName(note));
            var text = File.ReadAllText(note);
            Assert.All(["Context", "Decision", "Consequence"], word => Assert.Contains(word, text, StringComparison.OrdinalIgnoreCase));
        }
    }

    [GeneratedRegex(@"\b(class|record|struct|interface) \w*(Helper|Helpers|Util|Utils|Manager|Base)\b")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"Thread\.Sleep\(|Task\.Delay\((?!Timeout\.Infinite)(?![^;]*(clock|time|Clock|Time|TimeProvider)\b)")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\bEventId = (?<id>\d+)")]
    private static partial Regex EventId();

    [GeneratedRegex(@"\bSkip\s*=\s*""")]
    private static partial Regex SkippedTest();
}
