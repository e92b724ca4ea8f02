using System.Net;
using System.Net.Sockets;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Running;

public sealed class OrderTests
{
    /// <summary>Writes into one file when it starts, becomes ready and stops.</summary>
    private const string Witness = """
        #!/bin/sh
        trap 'echo "stop $1" >> order; exit 0' TERM
        echo "start $1" >> order
        sleep "$2"
        echo "ready $1" >> order
        touch "$1.ready"
        while :; do sleep 0.05; done

        """;

    private static MainstayHome Create(string manifest)
    {
        var home = MainstayHome.Create(manifest);
        home.Write("witness.sh", Witness, 0b111_101_101);
        return home;
    }

    private static string Service(string name, string seconds, string after) =>
        $"  {name}: {{ command: [ ./witness.sh, {name}, \"{seconds}\" ], depends_on: {after}, healthcheck: {{ command: [ test, -f, {name}.ready ], interval: 1s, start_interval: 50ms }} }}\n";

    private static string[] Told(MainstayHome home) => File.ReadAllLines(Path.Combine(home.Folder, "order"));

    [Fact]
    public async Task Services_start_layer_by_layer_when_healthy_and_stop_in_reverse()
    {
        await using var home = Create($"stack: order\nservices:\n{Service("web", "0.1", "{ api: healthy }")}{Service("api", "0.3", "[ db ]")}{Service("db", "0.5", "[]")}");

        await home.UpAsync();
        (await home.RunAsync("down")).MustExit(0);

        Assert.Equal(
            ["start db", "ready db", "start api", "ready api", "start web", "ready web", "stop web", "stop api", "stop db"],
            Told(home));
    }

    [Fact]
    public async Task Started_is_enough_where_the_manifest_says_so()
    {
        await using var home = Create($"stack: order\nservices:\n{Service("web", "0", "{ db: started }")}{Service("db", "1.5", "[]")}");

        await home.UpAsync();

        Assert.True(Array.IndexOf(Told(home), "start web") < Array.IndexOf(Told(home), "ready db"), string.Join(", ", Told(home)));
    }

    [Fact]
    public async Task A_dependency_that_must_complete_runs_to_its_end_first()
    {
        await using var home = MainstayHome.Create("""
            stack: order
            services:
              app: { command: [ test, -f, migrated ], restart: { policy: never }, depends_on: { migrate: completed } }
              migrate: { command: "sleep 0.5; touch migrated", shell: true, restart: { policy: never } }

            """);

        await home.UpAsync();

        var status = await home.StatusAsync();
        Assert.Equal(("stopped", "stopped"), (status["migrate"].State, status["app"].State));
        Assert.Contains("0", status["app"].Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_for_a_step_that_failed_does_not_start_and_up_says_why()
    {
        await using var home = MainstayHome.Create("""
            stack: order
            services:
              app: { command: [ sleep, "1000" ], depends_on: { migrate: completed } }
              migrate: { command: "echo no such table users >&2; exit 7", shell: true, restart: { policy: never } }

            """);

        var up = await home.RunAsync("up");

        up.MustExit(1).MustShow("migrate", "7", "no such table users");
        Assert.Empty((await home.StatusAsync())["app"].Pids);
    }

    [Fact]
    public async Task An_external_dependency_is_waited_for_and_shown()
    {
        var port = FreePort.Take();
        await using var home = MainstayHome.Create($$"""
            stack: order
            services:
              app: { command: [ sleep, "1000" ], depends_on: [ redis ] }
            external: { redis: { tcp: "127.0.0.1:{{port}}", interval: 200ms } }

            """);
        await using var up = home.Start("up");
        var waiting = await home.BecomesAsync("app waits for redis", s => s.Has("app") && s["app"].State == "waiting");
        Assert.Contains("redis", waiting["app"].Because, StringComparison.Ordinal);
        Assert.NotEqual("healthy", waiting.External.Single(e => e.Name == "redis").Health);

        using var redis = new TcpListener(IPAddress.Loopback, port);
        redis.Start();

        (await up.ExitAsync(TimeSpan.FromSeconds(30))).MustExit(0);
        var status = await home.StatusAsync();
        Assert.Equal("running", status["app"].State);
        Assert.Equal("healthy", status.External.Single(e => e.Name == "redis").Health);
    }
}
