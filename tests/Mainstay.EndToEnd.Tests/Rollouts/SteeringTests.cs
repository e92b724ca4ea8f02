using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>A rollout under way is steered by one word, belongs to the daemon, and lets nothing else change services.</summary>
public sealed class SteeringTests
{
    [Fact]
    public async Task Pause_finishes_the_batch_and_resume_goes_on()
    {
        await using var app = await ReleasedApp.DeployedAsync(instances: 3);
        var gate = Gate.In(app.Home, "gate");
        await using var load = await app.LoadAsync(connections: 4);
        await using var deploy = await BeginAsync(app, gate, instance: "1");

        (await app.RunAsync("rollout", "pause")).MustExit(0);
        gate.Open();
        await Eventually.TrueAsync("the second is ready", () => deploy.Out.Contains("web-2 (pid", StringComparison.Ordinal), ReleasedApp.Patience);
        await load.FlowsAsync(300);
        Assert.False(deploy.HasExited);
        Assert.Contains("1", await VersionsOfInstancesAsync(app));

        (await app.RunAsync("rollout", "resume")).MustExit(0);
        (await deploy.ExitAsync(ReleasedApp.Patience)).MustExit(0);
        await app.IsWholeAsync("2", 3);
        (await load.StopAsync()).MustHaveLostNothing();
    }

    [Fact]
    public async Task Abort_in_the_middle_of_a_roll_brings_everything_back()
    {
        await using var app = await ReleasedApp.DeployedAsync(instances: 3);
        var gate = Gate.In(app.Home, "gate");
        await using var load = await app.LoadAsync(connections: 4);
        await using var deploy = await BeginAsync(app, gate, instance: "1");

        (await app.RunAsync("rollout", "abort")).MustExit(0);

        (await deploy.ExitAsync(ReleasedApp.Patience)).MustExit(1).MustShow("abort");
        await app.IsWholeAsync("1", 3);
        (await load.StopAsync()).MustHaveLostNothing();
        (await app.ReportAsync()).MustEndAs("rolled_back");
    }

    [Fact]
    public async Task A_paused_bake_does_not_end_and_an_abort_in_it_brings_the_old_release_back()
    {
        await using var app = await ReleasedApp.DeployedAsync(deploy: "bake: 8s");
        await app.Repository.CommitVersionAsync("2");
        await using var load = await app.LoadAsync(connections: 4);
        await using var deploy = app.Home.Start("deploy");
        await Eventually.TrueAsync("it bakes", () => deploy.Out.Contains("\nweb: watched for 8 s", StringComparison.Ordinal), ReleasedApp.Patience);

        (await app.RunAsync("rollout", "pause")).MustExit(0);
        var began = (await app.ReportAsync())["bake"].StartedAt!.Value;
        await Eventually.TrueAsync("the bake's time is over", () => TimeProvider.System.GetUtcNow() > began.AddSeconds(10));
        Assert.Equal("baking", (await app.ReportAsync()).Phase);
        (await app.RunAsync("rollout", "abort")).MustExit(0);

        (await deploy.ExitAsync(ReleasedApp.Patience)).MustExit(1);
        await app.IsWholeAsync("1");
        (await load.StopAsync()).MustHaveLostNothing();
    }

    [Fact]
    public async Task An_interrupted_command_leaves_the_rollout_to_the_daemon()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        var gate = Gate.In(app.Home, "gate");
        await using var deploy = await BeginAsync(app, gate);
        await Eventually.TrueAsync("the command knows its rollout", () => deploy.Out.Contains("rollout 2", StringComparison.Ordinal), ReleasedApp.Patience);

        deploy.Send(Signal.Int);
        (await deploy.ExitAsync(ReleasedApp.Patience)).MustExit(130).MustShow("the daemon goes on with rollout 2", "rollout abort");

        gate.Open();
        (await app.EndedAsync()).MustEndAs("succeeded");
        await app.IsWholeAsync("2");
    }

    [Fact]
    public async Task Nothing_else_changes_services_meanwhile_and_whoever_waits_gets_a_turn()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        var gate = Gate.In(app.Home, "gate");
        await using var deploy = await BeginAsync(app, gate);

        foreach (var words in new string[][] { ["deploy"], ["up"], ["restart", "web"], ["reload", "web"], ["stop", "web"], ["scale", "web=2"], ["rollback"] })
        {
            (await app.RunAsync(words)).MustExit(1).MustShow("rollout 2 of ", "is under way", "rollout abort");
        }

        (await app.RunAsync("status")).MustExit(0).MustShow("rollout 2");
        await app.Repository.CommitVersionAsync("3");
        await using var next = app.Home.Start("deploy", "--wait");
        await Eventually.TrueAsync("it waits", () => next.Out.Contains("waits", StringComparison.Ordinal), ReleasedApp.Patience);
        gate.Open();

        (await deploy.ExitAsync(ReleasedApp.Patience)).MustExit(0);
        (await next.ExitAsync(ReleasedApp.Patience)).MustExit(0);
        await app.IsWholeAsync("3");
    }

    [Fact]
    public async Task Down_during_a_rollout_ends_everything()
    {
        await using var app = await ReleasedApp.DeployedAsync(instances: 2);
        var gate = Gate.In(app.Home, "gate");
        await using var deploy = await BeginAsync(app, gate);

        (await app.RunAsync("down", "--daemon")).MustExit(0);

        Assert.Equal(1, (await deploy.ExitAsync(ReleasedApp.Patience)).ExitCode);
        Assert.Empty(app.Home.Processes());
    }

    /// <summary>A deploy of version 2, of which this instance, or each, waits at the gate.</summary>
    private static async Task<Child> BeginAsync(ReleasedApp app, Gate gate, string? instance = null)
    {
        app.StartPeriod = "60s";
        app.Redeclare();
        await app.Repository.CommitVersionAsync("2", $"\"waitsFor\": \"{gate.Way}\"{(instance is null ? "" : $", \"waits\": \"{instance}\"")}");
        var deploy = app.Home.Start("deploy");
        await gate.ArrivedAsync();
        return deploy;
    }

    private static async Task<string[]> VersionsOfInstancesAsync(ReleasedApp app)
    {
        var status = await app.Home.StatusAsync();
        return [.. status["web"].Pids.Select(pid => Path.Combine(ProcFs.WorkingFolder(pid), "release.json")).Select(file => File.ReadAllText(file).Contains("\"2\"", StringComparison.Ordinal) ? "2" : "1")];
    }
}
