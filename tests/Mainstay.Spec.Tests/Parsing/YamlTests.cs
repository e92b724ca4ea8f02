using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Tests.Parsing;

public sealed class YamlTests
{
    [Theory]
    [InlineData("a:\n\tb: 1\n", 2, 1, "this line is indented with a tab, which YAML does not allow")]
    [InlineData("a: \"abc\nb: 1\n", 1, 4, "the quote that opens here is not closed")]
    [InlineData("a: [1, 2\nb: 1\n", 1, 4, "the \"[\" that opens here is not closed properly")]
    [InlineData("a: {b: c\n", 1, 4, "the \"{\" that opens here is not closed properly")]
    [InlineData("a: { c: ${X} }\n", 1, 9, "\"${\" cannot stand without quotes between \"{\" and \"}\"")]
    [InlineData("a: 1\n b: 2\n", 2, 3, "this key is indented deeper than the value above it allows")]
    [InlineData("a: @x\n", 1, 4, "a value cannot begin with \"@\"")]
    [InlineData("a: b: c\n", 1, 5, "a \": \" stands within a value, so that YAML sees two keys in one line")]
    [InlineData("a: 'it's'\n", 1, 8, "there is more text after the closing quote")]
    [InlineData("a: \"\\q\"\n", 1, 4, "a backslash within these double quotes begins an escape that YAML does not know")]
    [InlineData("a: 1\nb\nc: 2\n", 2, 1, "this line does not fit the lines above it")]
    [InlineData("- a\nb: c\n", 2, 1, "a list ends here without being closed by the indentation")]
    [InlineData("a: \"\u0001\"", 1, 5, "the file has the control character 01 (hexadecimal) here")]
    public void What_is_no_YAML_is_said_in_plain_words(string text, int line, int column, string what)
    {
        var problem = Manifest.OnlyProblem(text);

        Assert.Equal(("MS1001", line, column, what), (problem.Code, problem.Where.Line, problem.Where.Column, problem.What));
    }

    [Theory]
    [InlineData("environment: &a { X: y }", "\"&a\" names a part of the manifest for reuse, which Mainstay does not support")]
    [InlineData("environment: *a", "\"*a\" repeats another part of the manifest, which Mainstay does not support")]
    [InlineData("<<: { instances: 2 }", "\"<<\" merges another map, which Mainstay does not support")]
    [InlineData("instances: !!int 2", "\"tag:yaml.org,2002:int\" is a YAML tag, which Mainstay does not support")]
    [InlineData("? [ a ]\n    : b", "a key must be plain text")]
    public void What_makes_YAML_dangerous_or_surprising_is_refused(string line, string what)
    {
        var problem = Manifest.OnlyProblem(Manifest.With(line));

        Assert.Equal(("MS1003", 5, what), (problem.Code, problem.Where.Line, problem.What));
    }

    [Fact]
    public void A_second_document_is_refused() => Assert.Equal("MS1003", Manifest.OnlyProblem(Manifest.With() + "---\nstack: b\n").Code);

    [Fact]
    public void A_key_that_stands_twice_is_refused_with_both_places()
    {
        var problem = Manifest.OnlyProblem(Manifest.With("instances: 1", "instances: 2"));

        Assert.Equal("mainstay.yaml:6:5: MS1004: services.api.instances stands twice; the first is in line 5\n  fix: keep one of the two", problem.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n# nothing\n")]
    [InlineData("\uFEFF")]
    [InlineData("---\n")]
    public void An_empty_manifest_is_said_to_be_empty(string text) => Assert.Equal(("MS1040", "the manifest is empty"), (Manifest.OnlyProblem(text).Code, Manifest.OnlyProblem(text).What));

    [Theory]
    [InlineData("- a\n")]
    [InlineData("just text\n")]
    public void A_manifest_is_a_map(string text) => Assert.Equal("MS1006", Manifest.OnlyProblem(text).Code);

    [Fact]
    public void Windows_line_ends_and_a_byte_order_mark_are_fine() =>
        Assert.NotNull(Manifest.Read("\uFEFF" + Manifest.With("instances: 2").ReplaceLineEndings("\r\n")).Stack);

    [Fact]
    public void Places_count_from_one_and_paths_name_the_key()
    {
        var where = Manifest.OnlyProblem(Manifest.With("healthcheck:", "  http: /", "  expect: { status: [ 200, 2xx ] }")).Where;

        Assert.Equal(new Where("mainstay.yaml", 7, 32, "services.api.healthcheck.expect.status[1]"), where);
    }
}
