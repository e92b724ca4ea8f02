using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;

namespace Mainstay.Spec.Tests.Parsing;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("node server.js", "node|server.js")]
    [InlineData("  node \t server.js  ", "node|server.js")]
    [InlineData("node 'a b' \"c d\"", "node|a b|c d")]
    [InlineData("node a'b 'c\"d \"", "node|ab cd ")]
    [InlineData("node a\\ b", "node|a b")]
    [InlineData("node 'a\\b'", "node|a\\b")]
    [InlineData("node \"a\\\"b\\\\c\\d\"", "node|a\"b\\c\\d")]
    [InlineData("node '' \"\"", "node||")]
    [InlineData("node \\\n app.js", "node|app.js")]
    [InlineData("node a#b #c", "node|a#b|#c")]
    [InlineData("node $HOME", "node|$HOME")]
    public void A_line_is_split_as_a_shell_would(string line, string words)
    {
        var split = CommandLine.Split(line, out var fault);

        Assert.Null(fault);
        Assert.Equal(words, string.Join('|', split.Select(w => w.Text)));
    }

    [Theory]
    [InlineData("node 'a", "has a single quote that is not closed")]
    [InlineData("node \"a", "has a double quote that is not closed")]
    [InlineData("node a\\", "ends with a backslash")]
    public void What_cannot_be_split_is_said(string line, string expected)
    {
        CommandLine.Split(line, out var fault);

        Assert.Equal(expected, fault);
    }

    [Theory]
    [InlineData("node a.js && echo done", "has \"&&\", which only a shell understands")]
    [InlineData("node a.js > log", "has \">\", which only a shell understands")]
    [InlineData("PORT=1 node a.js", "begins with the variable PORT, which only a shell would set")]
    public void What_only_a_shell_understands_is_not_passed_on_silently(string line, string expected)
    {
        var problem = Manifest.OnlyProblem($"stack: s\nservices: {{ api: {{ command: '{line}' }} }}\n");

        Assert.Equal("MS1020", problem.Code);
        Assert.Contains(expected, problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Quoted_shell_words_are_plain_words() =>
        Assert.Equal(["echo", "&&", "|"], Manifest.Stack("stack: s\nservices: { api: { command: \"echo '&&' '|'\" } }\n").Services[0].Command.Argv);

    [Fact]
    public void A_shell_gets_the_line_as_it_is()
    {
        var command = Manifest.Stack("stack: s\nservices: { api: { command: \"a && b 'c\", shell: true } }\n").Services[0].Command;

        Assert.Equal(("a && b 'c", true), (Assert.Single(command.Argv), command.Shell));
    }

    [Fact]
    public void A_shell_takes_no_list() =>
        Assert.Contains("is a list, but a shell takes one string", Manifest.OnlyProblem(Manifest.With("shell: true")).What, StringComparison.Ordinal);

    [Fact]
    public void A_check_may_use_a_shell()
    {
        var probe = Assert.IsType<CommandProbeSpec>(Manifest.Service("healthcheck: { command: \"curl -f localhost | grep ok\", shell: true }").Healthcheck!.Probe);

        Assert.True(probe.Command.Shell);
    }
}
