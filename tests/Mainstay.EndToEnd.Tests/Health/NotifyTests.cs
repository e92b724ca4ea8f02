using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Health;

/// <summary>Services that speak for themselves, by sd_notify.</summary>
public sealed class NotifyTests
{
    private static string Manifest(string environment, string timing) => $$"""
        stack: notify
        services:
          bus:
            command: {{TestServices.Notify}}
            environment: { {{environment}} }
            healthcheck: { notify: true, {{timing}} }

        """;

    [Fact]
    public async Task Ready_is_waited_for_and_the_status_is_shown()
    {
        await using var home = MainstayHome.Create(Manifest("READY_AFTER: \"0.8\"", "start_period: 10s"));

        var up = await home.UpAsync();

        Assert.True(up.Took > TimeSpan.FromSeconds(0.8), $"{up.Took}");
        var bus = (await home.StatusAsync())["bus"].Only;
        Assert.Equal(("running", "healthy", "serving 7 tenants"), (bus.State, bus.Health, bus.StatusText));
    }

    [Fact]
    public async Task A_service_that_never_says_ready_fails_up_when_its_start_period_is_over()
    {
        await using var home = MainstayHome.Create(Manifest("NEVER_READY: \"1\"", "start_period: 1s, interval: 500ms, retries: 1"));

        (await home.RunAsync("up")).MustExit(1).MustShow("bus");
    }

    [Fact]
    public async Task A_service_may_ask_for_more_time_than_its_start_period()
    {
        await using var home = MainstayHome.Create(Manifest("EXTEND: \"4\"", "start_period: 1500ms, interval: 500ms, retries: 1"));

        var up = await home.UpAsync();

        Assert.True(up.Took > TimeSpan.FromSeconds(4), $"{up.Took}");
        Assert.Equal(0, (await home.StatusAsync())["bus"].Restarts);
    }

    [Fact]
    public async Task A_watchdog_that_falls_silent_gets_the_service_restarted()
    {
        await using var home = MainstayHome.Create();
        home.Declare(Manifest($"MUTE_FILE: \"{home.Folder}/mute\"", "interval: 500ms, timeout: 500ms, retries: 2"));
        await home.UpAsync();
        var before = (await home.StatusAsync())["bus"].Only.Pid;

        home.Write("mute", "");
        var after = await home.BecomesAsync("the silent process was replaced", s => s["bus"].Only is { Restarts: >= 1, Pid: not null } i && i.Pid != before);
        home.Remove("mute");

        Assert.True(after["bus"].Restarts >= 1);
        (await home.RunAsync("events")).MustExit(0).MustShow("watchdog");
    }
}
