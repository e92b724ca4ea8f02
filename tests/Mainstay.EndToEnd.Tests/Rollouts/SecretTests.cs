using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>Whatever a build, a migration or a crashing service prints, a secret's value is nowhere to be read afterwards.</summary>
public sealed class SecretTests
{
    private const string Value = "kT9vQ2xLm4Rz8WbN6yHc3PdFs7GjA5eU";

    [Theory]
    [InlineData("build: [ [ sh, -c, \"echo using $API_SECRET; exit 3\" ] ]", "")]
    [InlineData("migrate: [ sh, -c, \"echo using $API_SECRET; exit 3\" ]", "")]
    [InlineData("backup: { command: \"echo using $API_SECRET >&2; exit 3\" }", "")]
    [InlineData("", "\"throws\": \"cannot use $API_SECRET\"")]
    [InlineData("", "\"says\": \"using $API_SECRET\", \"diesAfterMs\": 500, \"lastWords\": \"died\"")]
    public async Task A_secret_that_is_printed_is_shown_nowhere(string more, string release)
    {
        await using var app = await ReleasedApp.CreateAsync(deploy: "bake: 3s");
        app.Home.Write("web.env", $"API_SECRET={Value}\n", 0b110_000_000);
        app.Declare("env_file: [ web.env ]", "bake: 3s");
        (await app.DeployAsync()).MustExit(0).MustNotShow(Value);
        app.Declare($"env_file: [ web.env ]\n{more}", "bake: 3s");
        await app.Repository.CommitVersionAsync("2", release);

        (await app.DeployAsync()).MustExit(1).MustNotShow(Value);

        foreach (var words in new string[][] { ["report"], ["report", "--html"], ["report", "--json"], ["rollout", "show"], ["rollouts", "--json"], ["events", "-n", "500", "--json"], ["status", "--json"], ["releases", "--json"] })
        {
            (await app.RunAsync(words)).MustExit(0).MustNotShow(Value);
        }

        var daemonLog = await File.ReadAllTextAsync(Path.Combine(app.Home.Home, "logs", "daemon.log"), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(Value, daemonLog, StringComparison.Ordinal);
    }
}
