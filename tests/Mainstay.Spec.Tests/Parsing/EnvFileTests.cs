using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Tests.Parsing;

public sealed class EnvFileTests
{
    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("  A = b  ", "b")]
    [InlineData("export A=b", "b")]
    [InlineData("A=", "")]
    [InlineData("A=b c", "b c")]
    [InlineData("A=b#c", "b#c")]
    [InlineData("A=#c", "#c")]
    [InlineData("A=b # c", "b")]
    [InlineData("A= # c", "")]
    [InlineData("A='b # c' # d", "b # c")]
    [InlineData("A=\"b \\\"c\\\" \\n\\$\\x\"", "b \"c\" \n$\\x")]
    [InlineData("A='b\\n'", "b\\n")]
    [InlineData("A=\"b\nc\"", "b\nc")]
    [InlineData("A=b=c", "b=c")]
    [InlineData("A=$B ${C}", "$B ${C}")]
    [InlineData("A=it's", "it's")]
    [InlineData("\uFEFFA=b\r\n", "b")]
    [InlineData("# x\n\nA=b", "b")]
    public void A_line_is_a_name_and_a_literal_value(string text, string value)
    {
        var result = EnvFileReader.Read("x.env", text);

        Assert.Empty(result.Problems);
        Assert.Equal(value, result.Values["A"]);
    }

    [Theory]
    [InlineData("A=1\nsecret", 2, 1, "MS2002")]
    [InlineData("A-?=secret", 1, 1, "MS2003")]
    [InlineData("1A=secret", 1, 1, "MS2003")]
    [InlineData("=secret", 1, 1, "MS2003")]
    [InlineData("A=1\nB=\"secret\nC=2", 2, 3, "MS2004")]
    [InlineData("A='secret' secret", 1, 12, "MS2002")]
    [InlineData("A=secret\0", 1, 3, "MS2002")]
    public void What_cannot_be_read_has_a_place_and_shows_no_value(string text, int line, int column, string code)
    {
        var problem = Assert.Single(EnvFileReader.Read("x.env", text).Problems);

        Assert.Equal(("x.env", line, column, code), (problem.Where.File, problem.Where.Line, problem.Where.Column, problem.Code));
        Assert.DoesNotContain("secret", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_bad_line_does_not_hide_the_others()
    {
        var result = EnvFileReader.Read("x.env", "A=1\nbad\nB='x\ny'\nC=\"open\nD=2\n");

        Assert.Equal(["A", "B", "D"], result.Entries.Select(e => e.Name));
        Assert.Equal([1, 3, 6], result.Entries.Select(e => e.Line));
        Assert.Equal([2, 5], result.Problems.Select(p => p.Where.Line));
    }

    [Fact]
    public void The_last_of_two_values_counts_and_is_warned_about()
    {
        var result = EnvFileReader.Read("x.env", "A=1\nA=2\n");

        Assert.Equal("2", result.Values["A"]);
        Assert.Equal(("MS2005", Severity.Warning, 2), (Assert.Single(result.Problems).Code, result.Problems[0].Severity, result.Problems[0].Where.Line));
    }

    [Fact]
    public void A_file_of_a_size_that_no_environment_has_is_refused() => Assert.Equal("MS2001", Assert.Single(EnvFileReader.Read("x.env", new string('a', 1_000_001)).Problems).Code);
}
