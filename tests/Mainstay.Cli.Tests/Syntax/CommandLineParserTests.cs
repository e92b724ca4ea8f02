using FsCheck;
using FsCheck.Fluent;
using Mainstay.Cli.Syntax;

namespace Mainstay.Cli.Tests.Syntax;

public sealed class CommandLineParserTests
{
    [Theory]
    [InlineData("status", "status", "", "")]
    [InlineData("--home /h status --json", "status", "", "home=/h json=")]
    [InlineData("up api web -f examples/quickstart", "up", "api web", "file=examples/quickstart")]
    [InlineData("up --file=a.yaml", "up", "", "file=a.yaml")]
    [InlineData("logs -n5 api", "logs", "api", "lines=5")]
    [InlineData("logs -n=5", "logs", "", "lines=5")]
    [InlineData("logs --lines 5", "logs", "", "lines=5")]
    [InlineData("logs --since 15m", "logs", "", "since=15m")]
    [InlineData("down --daemon -f /tmp/app", "down", "", "daemon= file=/tmp/app")]
    [InlineData("scale web=3", "scale", "web=3", "")]
    [InlineData("stop -- all", "stop", "all", "")]
    [InlineData("--version", "version", "", "")]
    public void A_command_line_is_understood(string line, string verb, string arguments, string options)
    {
        var parsed = Assert.IsType<ParseOutcome.Parsed>(Parse(line)).Invocation;

        Assert.Equal(verb, parsed.Verb.Name);
        Assert.Equal(arguments, string.Join(' ', parsed.Arguments));
        Assert.Equal(options.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), parsed.Options.Select(o => $"{o.Key}={o.Value}").Order());
    }

    [Theory]
    [InlineData("logs -f", "follow=")]
    [InlineData("logs api -f", "follow=")]
    [InlineData("logs -f api", "follow=")]
    [InlineData("events -f -n 3", "follow= lines=3")]
    [InlineData("logs -f stack.yaml", "file=stack.yaml")]
    [InlineData("logs -f stack.yaml -f", "file=stack.yaml follow=")]
    [InlineData("logs -f --file stack.yaml", "file=stack.yaml follow=")]
    [InlineData("-f stack.yaml logs", "file=stack.yaml")]
    [InlineData("status -f api", "file=api")]
    public void Dash_f_follows_where_a_verb_can_follow_unless_a_manifest_comes_after_it(string line, string options)
    {
        var parsed = Assert.IsType<ParseOutcome.Parsed>(Parse(line)).Invocation;

        Assert.Equal(options.Split(' ').Order(), parsed.Options.Select(o => $"{o.Key}={o.Value}").Order());
    }

    [Theory]
    [InlineData("stauts", "there is no command \"stauts\"; did you mean \"status\"?", "mainstay status")]
    [InlineData("frobnicate", "there is no command \"frobnicate\"", "mainstay help")]
    [InlineData("up --flie x", "there is no option --flie for \"up\"; did you mean \"--file\"?", "mainstay up --file")]
    [InlineData("logs --folow", "there is no option --folow for \"logs\"; did you mean \"--follow\"?", "mainstay logs --follow")]
    [InlineData("status -x", "there is no option -x for \"status\"", "mainstay status --help")]
    [InlineData("up -f", "--file needs a value: <path>", "mainstay up --file <path>")]
    [InlineData("up --file --json", "--file needs a value: <path>", "mainstay up --file <path>")]
    [InlineData("status --json=yes", "--json takes no value, but was given \"yes\"", "mainstay status --json")]
    [InlineData("restart", "\"restart\" needs <service...|all>", "mainstay restart <service...|all>")]
    [InlineData("status api", "\"status\" takes no arguments, but was given \"api\"", "mainstay status")]
    [InlineData("help stats", "there is no command \"stats\"; did you mean \"status\"?", "mainstay help status")]
    public void A_slip_is_named_with_what_was_probably_meant(string line, string what, string tryThis)
    {
        var wrong = Assert.IsType<ParseOutcome.Wrong>(Parse(line));

        Assert.Equal((what, tryThis), (wrong.What, wrong.Try));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--help")]
    [InlineData("help")]
    [InlineData("help up")]
    [InlineData("restart --help")]
    [InlineData("up -h")]
    public void Help_is_given_before_anything_is_judged(string line) => Assert.IsType<ParseOutcome.HelpAsked>(Parse(line));

    [Fact]
    public void Every_verb_has_a_summary_and_its_own_words()
    {
        Assert.Equal(VerbTable.All.Length, VerbTable.All.Select(v => v.Name).Distinct().Count());
        Assert.All(VerbTable.All, verb => Assert.NotEqual("", verb.Summary));
    }

    private static ParseOutcome Parse(string line) =>
        CommandLineParser.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), word => word.EndsWith(".yaml", StringComparison.Ordinal));

    [Fact]
    public void No_command_line_makes_the_parser_throw() => Prop.ForAll(
        Gen.Elements("up", "logs", "scale", "-f", "-n", "-n5", "--file", "--file=", "--", "-", "--json", "-x", "--=", "-=", "a.yaml", "all", "", "=", "--lines", "--help", "help", "é", "-é1")
            .ArrayOf().ToArbitrary(),
        words => CommandLineParser.Parse(words, word => word == "a.yaml") is not null).QuickCheckThrowOnFailure();
}
