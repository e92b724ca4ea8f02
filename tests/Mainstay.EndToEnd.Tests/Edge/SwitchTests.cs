using System.Net;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Edge;

/// <summary>Kill switches, as somebody uses one at night.</summary>
public sealed class SwitchTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10);
    private readonly int _port = FreePort.Take();

    private string Manifest => $$"""
        stack: switched
        edge: { listen: [ "http://127.0.0.1:{{_port}}" ] }
        services: { web: { command: {{TestServices.Node}}, healthcheck: {{TestServices.Quick}} } }
        routes:
          - { path: /hook, service: web, guards: { switch: hooks } }
          - { path: /, service: web }
        switches: { hooks: { default: on, description: "hooks of partners" } }

        """;

    [Fact]
    public async Task What_is_switched_off_stays_off_whatever_is_killed_until_it_is_switched_on()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        Assert.Equal(200, await Web.StatusAsync(_port, "/hook"));

        (await home.RunAsync("switch", "off", "hooks", "--reason", "partner sends doubles")).MustExit(0).MustShow("hooks is off", "partner sends doubles");

        // The command's end is the moment from which it holds.
        await MustBeOffAsync();
        var status = (await home.RunAsync("status")).MustExit(0).MustShow("switch hooks is off: partner sends doubles");
        await home.KillDaemonAsync();
        await MustBeOffAsync();
        var before = await home.StatusAsync();
        await MustBeOffAsync();
        await MainstayHome.KillAsync(before.Edge.Pid!.Value);
        await home.BecomesAsync("another edge runs", s => s.Edge is { State: "running", Pid: { } pid } && pid != before.Edge.Pid);
        await MustBeOffAsync();
        await home.UpAsync();
        await MustBeOffAsync();
        (await home.RunAsync("edge", "reload")).MustExit(0);
        await MustBeOffAsync();

        (await home.RunAsync("switch", "on", "hooks")).MustExit(0);
        Assert.Equal(200, await Web.StatusAsync(_port, "/hook"));
        (await home.RunAsync("status")).MustExit(0).MustNotShow("switch hooks");
        (await home.RunAsync("events")).MustExit(0).MustShow("switch.off", "partner sends doubles", "switch.on");
    }

    [Fact]
    public async Task With_a_time_it_is_on_again_by_itself_also_while_no_daemon_runs()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        (await home.RunAsync("switch", "off", "hooks", "--for", "3s")).MustExit(0);
        await MustBeOffAsync();
        await home.KillDaemonAsync();

        await Eventually.BecomesAsync("the edge lets through again", () => Web.StatusAsync(_port, "/hook"), code => code == 200, s_soon, show: code => $"{code}");

        (await home.RunAsync("switch", "list")).MustExit(0).MustShow("on     on");
    }

    [Fact]
    public async Task A_service_can_read_them_and_wrong_names_are_told()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        (await home.RunAsync("switch", "off", "hooks", "--reason", "drill")).MustExit(0);
        var read = await Child.RunAsync("curl", ["-s", "--unix-socket", Path.Combine(home.Home, "run/api.sock"), "http://localhost/switches"], home.Folder, [], s_soon);
        read.MustExit(0).MustShow("\"name\":\"hooks\"", "\"on\":false", "\"reason\":\"drill\"");

        (await home.RunAsync("switch", "off", "hoks")).MustExit(1).MustShow("did you mean \"hooks\"?");
        (await home.RunAsync("switch", "off", "hooks", "--for", "soon")).MustExit(2).MustShow("--for 10m");
    }

    private async Task MustBeOffAsync()
    {
        var answer = await Web.GetAsync(_port, "/hook");
        Assert.Equal((HttpStatusCode)503, answer.Status);
        Assert.Equal(200, await Web.StatusAsync(_port));
    }
}
