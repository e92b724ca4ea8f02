using System.Text.RegularExpressions;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;
using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Checking;

/// <summary>The examples are what a newcomer tries first. They use fixed ports, so they run alone, and from where they lie.</summary>
[Collection(nameof(Alone))]
public sealed partial class ExampleTests
{
    private static string Example(string name) => Path.Combine(Repository.Root(), "examples", name);

    [Fact]
    public async Task The_quickstart_runs_as_the_readme_says()
    {
        await using var home = MainstayHome.Create();
        try
        {
            await home.UpAsync("-f", Example("quickstart"));

            var status = StatusView.Parse((await home.RunAsync("status", "-f", Example("quickstart"), "--json")).MustExit(0).Out);
            Assert.Equal(2, status.Services.Count);
            Assert.All(status.Services, s => Assert.Equal(("running", "healthy"), (s.State, s.Health)));
            Assert.Equal(200, await Web.StatusAsync(EdgePort(status)));
            (await home.RunAsync("reload", "all", "-f", Example("quickstart"))).MustExit(0);
            Assert.Equal(200, await Web.StatusAsync(EdgePort(status)));
        }
        finally
        {
            await home.RunAsync("down", "--daemon", "-f", Example("quickstart"));
        }

        Assert.Empty(home.Processes());
    }

    [Fact]
    public async Task The_url_tracker_serves_its_status_through_the_edge()
    {
        await using var home = MainstayHome.Create();
        try
        {
            await home.UpAsync("-f", Example("url-tracker"));

            var status = StatusView.Parse((await home.RunAsync("status", "-f", Example("url-tracker"), "--json")).MustExit(0).Out);
            var answer = await Web.GetAsync(EdgePort(status), "/api/trackier-status");
            Assert.Equal(200, (int)answer.Status);
            Assert.NotNull(answer.Json);
        }
        finally
        {
            await home.RunAsync("down", "--daemon", "-f", Example("url-tracker"));
        }
    }

    [Fact]
    public async Task The_manifest_that_caused_the_incident_is_refused_by_check_and_up_naming_both_claims()
    {
        var manifests = Directory.GetFiles(Example("url-tracker"), "*.yaml").Where(f => File.ReadAllText(f).Contains("proxy-server:", StringComparison.Ordinal));
        var incident = Assert.Single(manifests);
        await using var home = MainstayHome.Create();

        foreach (var verb in new[] { "check", "up" })
        {
            (await home.RunAsync(verb, "-f", incident)).MustExit(3).MustShow("proxy-server", "proxy-service", "3000");
        }

        Assert.DoesNotContain(home.Processes(), p => p.CommandLine.Contains("node", StringComparison.Ordinal));
    }

    private static int EdgePort(StatusView status) =>
        Port().Match(status.Edge.Listen[0]) is { Success: true } match
            ? int.Parse(match.Groups[1].Value, null)
            : throw new HarnessException($"no port in {status.Edge.Listen[0]}");

    [GeneratedRegex(@":(\d+)/?$")]
    private static partial Regex Port();
}
