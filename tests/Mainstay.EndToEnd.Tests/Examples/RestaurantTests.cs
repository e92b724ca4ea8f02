using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;

namespace Mainstay.EndToEnd.Tests.Examples;

/// <summary>The walk through examples/restaurant: fifty tills print while everything behind them is replaced and killed.</summary>
[Collection(nameof(Alone))]
public sealed class RestaurantTests
{
    private const int Tills = 50;

    private static readonly string[] s_printers = ["receipt", "kitchen", "bar"];
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly int _port = FreePort.Take();

    [Fact]
    public async Task Fifty_tills_print_every_order_once_through_a_deploy_and_kills()
    {
        await using var chain = ExampleCopy.Of("restaurant", ("8092", $"{_port}"), ("bake: 10s", "bake: 4s"));
        await chain.RunAsync("sh", "prepare.sh");
        await chain.RunAsync("npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--prefix", "desktop");
        (await chain.DeployAsync()).MustExit(0);
        await using var tills = Child.Start("node", ["desktop/desktop.js", "--tills", $"{Tills}", "--url", $"ws://127.0.0.1:{_port}/hub"], chain.Home.Folder, []);
        await Eventually.TrueAsync("all tills are connected", () => tills.Out.Contains($"{Tills} tills are connected", StringComparison.Ordinal), s_limit);

        using var enough = new CancellationTokenSource();
        var ordering = OrderAsync(enough.Token);
        chain.Change("orders/package.json", "1.0.0", "1.1.0");
        chain.Change("mainstay.yaml", "HUB_TARGET_RATE: \"120\"", "HUB_TARGET_RATE: \"240\"");
        (await chain.DeployAsync()).MustExit(0);
        Assert.Equal("1.1.0", (await Web.GetAsync(_port, "/health")).Json["version"]!.GetValue<string>());
        foreach (var service in new[] { "hub", "orders", "hub" })
        {
            var process = (await chain.Home.StatusAsync())[service].Instances[0].Process;
            process.Send(Signal.Kill);
            await Eventually.BecomesAsync(
                $"{service} is another process", async () => (await chain.Home.StatusAsync())[service].Instances[0], now => now.Pid is { } pid && pid != process.Pid && now.State == "running", s_limit);
        }

        await enough.CancelAsync();
        var taken = await ordering;

        Assert.True(taken.Count > 100, $"only {taken.Count} orders were taken");
        await Eventually.TrueAsync("every order was printed", () => taken.IsSubsetOf(Printed(chain)), s_limit);
        var printed = Printed(chain);
        Assert.Empty(printed.GroupBy(line => line).Where(same => same.Count() > 1).Select(same => same.Key));
    }

    /// <summary>What came out of the printers, by orders.</summary>
    private static string[] Printed(ExampleCopy chain) =>
        [.. Directory.EnumerateFiles(Path.Combine(chain.Home.Folder, "data/tills"), "*.paper").SelectMany(File.ReadAllLines).Select(line => line.Split(' ')[1])];

    /// <summary>Orders for all restaurants, until it is told that there are enough; what was answered with 201 counts, everything else is asked again as another order.</summary>
    private async Task<HashSet<string>> OrderAsync(CancellationToken enough)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; !enough.IsCancellationRequested; i++)
        {
            var order = string.Create(CultureInfo.InvariantCulture, $$"""{"branch":"r{{1 + (i % 10)}}","till":"till-{{1 + (i / 10 % 5)}}","printer":"{{s_printers[i / Tills % 3]}}","lines":["1 x tea"]}""");
            try
            {
                using var content = new StringContent(order, Encoding.UTF8, "application/json");
                using var answer = await http.PostAsync("/v1/orders", content, CancellationToken.None);
                if (answer.StatusCode is HttpStatusCode.Created)
                {
                    taken.Add(JsonNode.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None))!["id"]!.GetValue<string>());
                }
            }
            catch (HttpRequestException)
            {
                // A process was killed with this one in its hands.
            }

            await Task.WhenAny(Task.Delay(50, enough));
        }

        return taken;
    }
}
