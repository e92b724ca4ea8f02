using Mainstay.Contracts;
using Mainstay.Testing;

namespace Mainstay.Cli.Tests.Syntax;

public sealed class UsageTests : CommandTest
{
    [Theory]
    [InlineData("incidents")]
    [InlineData("incident", "show", "7")]
    [InlineData("alerts", "--json")]
    public async Task What_a_later_version_brings_is_said_and_is_exit_2(params string[] args)
    {
        var result = await RunAsync(args);

        Assert.Equal(ExitCode.WrongUsage, result.Exit);
        Assert.StartsWith($"mainstay: \"{args[0]}\" is not available in this version\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_usage_goes_to_standard_error_with_what_to_type()
    {
        var result = await RunAsync("stauts");

        Assert.Equal((2, "", "mainstay: there is no command \"stauts\"; did you mean \"status\"?\n  try: mainstay status\n"), (result.Code, result.Out, result.Error));
    }

    [Fact]
    public async Task No_command_at_all_prints_the_help_and_is_no_success()
    {
        var nothing = await RunAsync();
        var asked = await RunAsync("help");

        Assert.Equal(2, nothing.Code);
        Assert.Equal(0, asked.Code);
        Assert.Equal(asked.Out, nothing.Out);
    }

    [Fact]
    public async Task The_version_needs_no_daemon()
    {
        var result = await RunAsync("version");

        Assert.Equal(0, result.Code);
        Assert.Matches(@"^mainstay \d+\.\d+\.\d+\n$", result.Out);
        Assert.Contains($"\"home\":\"{Home.Root}\"", (await RunAsync("version", "--json")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Completion_scripts_know_every_verb(string shell)
    {
        var result = await RunAsync("completion", shell);

        Assert.Equal(0, result.Code);
        Assert.All(Cli.Syntax.VerbTable.All.Where(v => !v.Later), verb => Assert.Contains(verb.Name, result.Out, StringComparison.Ordinal));
        Assert.DoesNotContain("incidents", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "deploy) words=\"--only --dry-run --allow-dirty --allow-downtime --wait --file")]
    [InlineData("bash", "rollout) words=\"show pause resume abort --file")]
    [InlineData("zsh", "releases) words=(--file --home --json --no-color --help $(mainstay completion services")]
    [InlineData("fish", "-n '__fish_seen_subcommand_from rollback' -l to -r")]
    [InlineData("fish", "-n '__fish_seen_subcommand_from rollout' -a 'show pause resume abort'")]
    public async Task Completion_knows_the_words_of_rollouts(string shell, string line) =>
        Assert.Contains(line, (await RunAsync("completion", shell)).Out, StringComparison.Ordinal);

    [Fact]
    public async Task Completion_offers_the_manifests_services()
    {
        Write("mainstay.yaml", "stack: s\nservices:\n  web: { command: [ node, web.js ] }\n  api: { command: [ node, api.js ] }\n");

        Assert.Equal("web\napi\n", (await RunAsync("completion", "services")).Out);
    }

    [Fact]
    public void The_reference_page_is_the_verb_table() =>
        Golden.MatchFile(Cli.Syntax.ReferencePage.Text(), Path.Combine(Repository.Root(), "docs/reference/cli.md"));

    [Fact]
    public async Task The_schema_is_printed_as_it_is_checked_in()
    {
        var result = await RunAsync("schema");

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Repository.Root(), "docs/reference/mainstay.schema.json"), TestContext.Current.CancellationToken), result.Out);
    }

    [Fact]
    public async Task Every_verb_of_the_table_is_carried_out_by_something()
    {
        await using var daemon = FakeDaemon.Start(Home);
        Write("mainstay.yaml", "stack: s\nservices:\n  web: { command: [ sh, -c, \"sleep 1\" ] }\n");
        foreach (var verb in Cli.Syntax.VerbTable.All.Where(v => !v.Later))
        {
            string[] arguments = verb.Name switch
            {
                "edge" => ["reload"],
                "rollout" => ["show"],
                "scale" => ["web=2"],
                "completion" => ["bash"],
                _ => verb.MinArguments > 0 ? ["web"] : [],
            };

            // A verb that nothing runs would throw.
            Assert.InRange((await RunAsync([verb.Name, .. arguments])).Code, 0, 4);
        }
    }
}
