using System.Text.RegularExpressions;
using Mainstay.Testing;

namespace Mainstay.Architecture.Tests;

/// <summary>docs/realtime-promises.md names tests: they exist, and none of the lists has a hole.</summary>
public partial class RealtimePromisesTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Repository.Root(), "docs", "realtime-promises.md"));

    [Fact]
    public void Every_test_that_is_named_is_there()
    {
        var tests = SourceFiles.All().Where(f => f.Path.Contains(".Tests/", StringComparison.Ordinal)).SelectMany(f => TestName().Matches(f.Text).Select(m => m.Groups["name"].Value)).ToHashSet();
        var named = Named().Matches(s_page).Select(m => m.Groups["name"].Value).ToArray();
        Assert.NotEmpty(named);
        Assert.Empty(named.Except(tests));
    }

    [Theory]
    [InlineData('I', 16)]
    [InlineData('P', 10)]
    [InlineData('C', 20)]
    public void No_promise_is_left_out(char list, int count) =>
        Assert.DoesNotContain(Enumerable.Range(1, count), n => !Regex.IsMatch(s_page, $@"^\|[^|]*\b{list}{n}\b", RegexOptions.Multiline));

    [GeneratedRegex(@"(?:Task|void) (?<name>[A-Z]\w+_\w+)\(")]
    private static partial Regex TestName();

    [GeneratedRegex(@"`(?<name>[A-Z][A-Za-z0-9]*_\w+)`")]
    private static partial Regex Named();
}
