using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Load;
using Mainstay.Harness.Network;

namespace Mainstay.EndToEnd.Tests.Examples;

/// <summary>The walk through examples/tailtown, and the incident of seed 000 replayed on it.</summary>
public sealed class TailtownTests
{
    private readonly int _port = FreePort.Take();

    [Fact]
    public async Task It_is_deployed_changed_under_load_broken_and_taken_back_as_the_readme_says()
    {
        await using var town = Town();
        var first = await town.CommitAsync("First release");
        (await town.DeployAsync()).MustExit(0);
        Assert.Equal(first, await CommitThatServesAsync());
        Assert.Equal(400, (int)(await Web.GetAsync(_port, "/api/customers")).Status);
        Assert.Equal(180, (await Web.GetAsync(_port, "/api/quote?nights=3&pets=2", ("x-tenant-id", "dev"))).Json["total"]!.GetValue<int>());
        var before = (await town.Home.StatusAsync())["customer"];
        Assert.Equal(2, before.Pids.Count());
        Assert.All(before.Instances, i => Assert.True(i.Restarts == 0 && i.MemoryBytes > 0, i.ToString()));

        await using var load = RunningLoad.Start(LoadPlan.Loopback(_port, "/version", connections: 8));
        await load.FlowsAsync();
        town.Change("src/tenants.json", "\"night\": 40", "\"night\": 45");
        var second = await town.CommitAsync("Raise the price");
        (await town.DeployAsync()).MustExit(0);
        Assert.Equal(second, await CommitThatServesAsync());
        Assert.Empty((await town.Home.StatusAsync())["customer"].Pids.Intersect(before.Pids));

        town.Change("src/server.js", "'use strict';", "throw new Error('boom-at-start');");
        await town.CommitAsync("Break it");
        (await town.DeployAsync()).MustExit(1).MustShow("boom-at-start", "still serving");
        Assert.Equal(second, await CommitThatServesAsync());

        (await town.Home.RunAsync(ExampleCopy.DeployDeadline, "rollback")).MustExit(0);
        await load.FlowsAsync();
        Assert.Equal(first, await CommitThatServesAsync());
        (await town.Home.RunAsync("report")).MustExit(0).MustShow("Rollback", first, "/version", "of which 0 failed");
        (await load.StopAsync()).MustHaveLostNothing();
    }

    /// <summary>S0.3: the pipeline was green, and old code went on serving.</summary>
    [Fact]
    public async Task Local_changes_that_would_block_the_update_are_refused_by_name()
    {
        await using var town = Town();
        var first = await town.CommitAsync("First release");
        (await town.DeployAsync()).MustExit(0);
        var before = await town.Home.StatusAsync();
        town.Change("src/tenants.js", "'use strict';", "'use strict'; // a repair on the server, in no commit");

        var refused = await town.DeployAsync();

        Assert.NotEqual(0, refused.ExitCode);
        refused.MustShow("src/tenants.js", "nothing was changed", "fix:");
        Assert.Equal(before.Pids, (await town.Home.StatusAsync()).Pids);
        Assert.Equal(first, await CommitThatServesAsync());
    }

    /// <summary>S0.2, foreseen: nothing of the new release runs.</summary>
    [Fact]
    public async Task A_package_that_only_became_an_es_module_is_found_before_it_crashes()
    {
        await using var town = Town();
        await town.CommitAsync("First release");
        (await town.DeployAsync()).MustExit(0);
        var before = await town.Home.StatusAsync();

        await UpgradeFetchAsync(town, "const fetch = require('node-fetch');");
        (await town.DeployAsync()).MustExit(1).MustShow("MS6002", "dist/server.js", "node-fetch", "ES module", "await import('node-fetch')");

        Assert.Equal(before.Pids, (await town.Home.StatusAsync()).Pids);
    }

    /// <summary>S0.2, where no check could see it: 45 restarts and 502s then, one exit and no lost request now.</summary>
    [Fact]
    public async Task A_release_that_crashes_at_its_start_is_never_promoted()
    {
        await using var town = Town();
        var first = await town.CommitAsync("First release");
        (await town.DeployAsync()).MustExit(0);
        var before = await town.Home.StatusAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_port, "/version", connections: 8));
        await load.FlowsAsync();

        await UpgradeFetchAsync(town, "const load = (name) => require(name);\nconst fetch = load('node-fetch');");
        (await town.DeployAsync()).MustExit(1).MustShow("ERR_REQUIRE", "node-fetch", "still serving");

        Assert.Equal(before.ServicePids, (await town.Home.StatusAsync()).ServicePids);
        Assert.Equal(first, await CommitThatServesAsync());
        await load.FlowsAsync();
        (await load.StopAsync()).MustHaveLostNothing();
    }

    private ExampleCopy Town() => ExampleCopy.Of("tailtown", ("8087", $"{_port}"), ("bake: 10s", "bake: 2s"));

    private async Task<string> CommitThatServesAsync() => (await Web.GetAsync(_port, "/version")).Json["commit"]!.GetValue<string>();

    /// <summary>As <c>npm install node-fetch@3</c> did, without a network. Its await is what no version of Node lets <c>require</c> wait for.</summary>
    private static async Task UpgradeFetchAsync(ExampleCopy town, string use)
    {
        town.Home.Write("vendor/node-fetch/package.json", """{ "name": "node-fetch", "version": "3.3.2", "type": "module", "exports": "./index.js" }""");
        town.Home.Write("vendor/node-fetch/index.js", "await null;\nexport default fetch;\n");
        await town.RunAsync("npm", "install", "--offline", "--no-audit", "--no-fund", "./vendor/node-fetch");
        town.Change("src/server.js", "'use strict';", $"'use strict';\n{use}");
        await town.CommitAsync("Use node-fetch 3");
    }
}
