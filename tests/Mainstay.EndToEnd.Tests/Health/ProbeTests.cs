using System.Net;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Health;

public sealed class ProbeTests
{
    private static string Manifest(string environment, string healthcheck, string port = "auto") => $$"""
        stack: probes
        services:
          web:
            command: {{TestServices.Node}}
            port: {{port}}
            environment: { {{environment}} }
            healthcheck: {{healthcheck}}

        """;

    [Fact]
    public async Task Up_returns_only_when_the_http_check_passed()
    {
        await using var home = MainstayHome.Create(Manifest("BOOT_MS: \"800\"", TestServices.Quick));

        var up = await home.UpAsync();

        Assert.True(up.Took > TimeSpan.FromSeconds(0.8), $"{up.Took}");
        Assert.Equal("healthy", (await home.StatusAsync())["web"].Health);
    }

    [Fact]
    public async Task An_http_check_sends_its_headers_and_expects_json()
    {
        await using var home = MainstayHome.Create(Manifest("", """
            { http: /headers, headers: { x-tenant-id: dev }, expect: { status: 200-299, json: { headers.x-tenant-id: dev } }, start_interval: 50ms }
            """));

        await home.UpAsync();
    }

    [Fact]
    public async Task An_answer_that_is_not_as_expected_fails_up_and_is_shown()
    {
        await using var home = MainstayHome.Create(Manifest("NEVER_READY: \"1\"",
            "{ http: /health, interval: 200ms, retries: 2, start_period: 1s, start_interval: 100ms }"));

        var up = await home.RunAsync("up");

        up.MustExit(1).MustShow("503", "unhealthy");
    }

    [Fact]
    public async Task A_service_that_says_degraded_is_shown_degraded_and_kept()
    {
        await using var home = MainstayHome.Create(Manifest("HEALTH_STATUS: degraded", TestServices.Quick));

        await home.UpAsync();

        var web = (await home.StatusAsync())["web"];
        Assert.Equal(("running", "degraded", 0), (web.State, web.Health, web.Restarts));
    }

    [Fact]
    public async Task A_tcp_check_passes_once_the_port_is_open()
    {
        await using var home = MainstayHome.Create(Manifest("BOOT_MS: \"600\"", "{ tcp: true, start_interval: 50ms }"));

        var up = await home.UpAsync();

        Assert.True(up.Took > TimeSpan.FromSeconds(0.6), $"{up.Took}");
        Assert.Equal(HttpStatusCode.OK, (await Web.GetAsync((await home.StatusAsync())["web"].Only.Port!.Value, "/")).Status);
    }

    [Fact]
    public async Task A_command_check_runs_in_the_services_folder_and_environment()
    {
        await using var home = MainstayHome.Create("""
            stack: probes
            services:
              job:
                command: "sleep 0.5; touch done.$NAME; exec sleep 1000"
                shell: true
                directory: work
                environment: { NAME: seven }
                healthcheck: { command: [ sh, -c, "test -f done.$NAME" ], start_interval: 50ms }

            """);
        Directory.CreateDirectory(Path.Combine(home.Folder, "work"));

        await home.UpAsync();

        Assert.True(File.Exists(Path.Combine(home.Folder, "work", "done.seven")));
    }

    [Fact]
    public async Task A_service_on_a_fixed_port_is_checked_there()
    {
        var port = FreePort.Take();
        await using var home = MainstayHome.Create(Manifest("", TestServices.Quick, $"{port}"));

        await home.UpAsync();

        Assert.Equal(port, (await home.StatusAsync())["web"].Only.Port);
        Assert.Equal(200, await Web.StatusAsync(port));
    }

    [Fact]
    public async Task A_service_that_falls_ill_after_it_was_ready_is_restarted()
    {
        await using var home = MainstayHome.Create();
        var sick = Path.Combine(home.Folder, "sick");
        home.Declare(Manifest($"SICK_FILE: \"{sick}\"", "{ http: /health, interval: 200ms, timeout: 1s, retries: 2, start_interval: 50ms }"));
        await home.UpAsync();
        var before = (await home.StatusAsync())["web"].Only.Pid;

        home.Write("sick", "");
        await home.BecomesAsync("the sick process was replaced", s => s["web"].Only is { Restarts: >= 1 } i && i.Pid != before);
        home.Remove("sick");

        await home.BecomesAsync("web is well again", s => s["web"] is { State: "running", Health: "healthy" });
        (await home.RunAsync("events")).MustExit(0).MustShow("web");
    }
}
