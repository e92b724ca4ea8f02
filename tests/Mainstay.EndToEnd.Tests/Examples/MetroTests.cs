using System.Net.Http.Json;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Load;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Examples;

/// <summary>The incidents of seed 003, replayed on examples/metro with its real PostgreSQL and Redis.</summary>
public sealed class MetroTests(RunningMetro metro) : IClassFixture<RunningMetro>
{
    private const string Stations = "services/stations/server.js";

    private MainstayHome Home => metro.City.Home;

    [Fact]
    public async Task It_is_deployed_from_nothing_with_its_migration_and_a_backup_that_can_be_restored()
    {
        metro.FirstDeploy.MustShow("ran 001-tickets.sql");
        (await Home.RunAsync("report", "1")).MustExit(0).MustShow("tested: the restore command succeeded on a copy of the backup", "node migrate.js");
        Assert.Equal(401, await Web.StatusAsync(metro.Port, "/v1/tickets"));
        var session = ("authorization", $"Bearer {await LogInAsync("ada")}");

        using var ticket = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{metro.Port}/v1/tickets") { Content = JsonContent.Create(new { from = "central", to = "harbor" }) };
        Assert.Equal(201, (int)(await Web.SendAsync(ticket, session)).Status);

        Assert.Equal("harbor", (await Web.GetAsync(metro.Port, "/v1/tickets", session)).Json["tickets"]![0]!["destination"]!.GetValue<string>());
        Assert.Equal(403, (int)(await Web.GetAsync(metro.Port, "/v1/tickets", ("host", "tickets.internal"), ("x-user", "ada"))).Status);
    }

    [Fact]
    public async Task A_deploy_of_one_business_service_under_load_loses_nothing_and_touches_only_that_one()
    {
        var before = await Home.StatusAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(metro.Port, "/v1/stations", connections: 4) with { Pause = TimeSpan.FromMilliseconds(10) });
        await load.FlowsAsync();

        metro.City.Change("services/stations/package.json", "\"version\": \"1.0.0\"", "\"version\": \"1.1.0\"");
        (await metro.City.DeployAsync()).MustExit(0);
        await load.FlowsAsync();

        var after = await Home.StatusAsync();
        Assert.Equal("1.1.0", (await load.StopAsync()).MustHaveLostNothing().Versions[^1]);
        Assert.Empty(after["stations"].Pids.Intersect(before["stations"].Pids));
        Assert.All(before.Services.Where(s => s.Name != "stations"), s => Assert.Equal(s.Pids, after[s.Name].Pids));
    }

    [Fact]
    public async Task A_release_that_dies_after_it_became_healthy_goes_back()
    {
        var (good, version) = (metro.City.Text(Stations), await VersionAsync());
        metro.City.Change("services/stations/package.json", $"\"version\": \"{version}\"", "\"version\": \"9.9.9\"");
        metro.City.Change(Stations, "'use strict';", "'use strict';\nsetTimeout(() => { throw new Error('late-boom'); }, 2000);");

        (await metro.City.DeployAsync()).MustExit(1).MustShow("stations", "rolled back");

        Assert.Equal(version, await VersionAsync());
        Home.Write(Stations, good);
        metro.City.Change("services/stations/package.json", "9.9.9", version);
        (await metro.City.DeployAsync()).MustExit(0).MustShow("everything was as wanted already");
    }

    [Fact]
    public async Task A_dependency_that_is_down_is_explained_and_crashes_nobody()
    {
        var before = (await Home.StatusAsync())["auth"];
        (await Home.RunAsync("stop", "redis")).MustExit(0);

        var auth = (await Home.BecomesAsync("auth is degraded", s => s["auth"].Instances.All(i => i.Health == "degraded")))["auth"];
        Assert.Equal(before.Pids, auth.Pids);
        Assert.Equal(before.Restarts, auth.Restarts);
        using (var login = LogIn("lin"))
        {
            var refused = await Web.SendAsync(login);
            Assert.Equal((503, "sessions are not available now"), ((int)refused.Status, refused.Json["error"]!.GetValue<string>()));
        }

        Assert.Equal(200, await Web.StatusAsync(metro.Port, "/v1/stations"));
        var good = metro.City.Text("services/auth/server.js");
        Home.Write("services/auth/server.js", good + "// changed\n");
        (await metro.City.DeployAsync()).MustExit(1).MustShow("auth", "depends on redis, which is stopped");
        Home.Write("services/auth/server.js", good);

        (await Home.RunAsync("start", "redis")).MustExit(0);
        await Home.BecomesAsync("auth is healthy", s => s["auth"].Instances.All(i => i.Health == "healthy"));
        await LogInAsync("lin");
        Assert.Equal(before.Pids, (await Home.StatusAsync())["auth"].Pids);
    }

    private async Task<string> VersionAsync() => (await Web.GetAsync(metro.Port, "/v1/stations")).Json["version"]!.GetValue<string>();

    private async Task<string> LogInAsync(string user)
    {
        using var login = LogIn(user);
        var answer = await Web.SendAsync(login);
        Assert.Equal(201, (int)answer.Status);
        return answer.Json["token"]!.GetValue<string>();
    }

    private HttpRequestMessage LogIn(string user) => new(HttpMethod.Post, $"http://127.0.0.1:{metro.Port}/v1/auth/sessions") { Content = JsonContent.Create(new { user }) };
}
