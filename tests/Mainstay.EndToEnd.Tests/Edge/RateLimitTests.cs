using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Edge;

/// <summary>Limits as clients of other makes meet them.</summary>
public sealed class RateLimitTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private readonly int _port = FreePort.Take();

    private string Manifest => $$"""
        stack: limited
        edge:
          listen: [ "http://127.0.0.1:{{_port}}", "http://[::1]:{{_port}}" ]
          guards: { few: { rate_limit: { key: client_ip, limit: 3/min } } }
        services: { web: { command: {{TestServices.Node}}, healthcheck: {{TestServices.Quick}} } }
        routes:
          - { path: /tenant, service: web, guards: { rate_limit: { key: "header:x-tenant-id", limit: 5/min, fallback: unknown } } }
          - { path: /a, service: web, guards: few }
          - { path: /b, service: web, guards: few }
          - { path: /burst, service: web, guards: { rate_limit: { key: route, limit: 100/h } } }
          - { path: /, service: web }

        """;

    [Fact]
    public async Task Of_a_thousand_requests_of_h2load_exactly_the_burst_is_let_through()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        var told = (await Child.RunAsync("h2load", ["--h1", "-n", "1000", "-c", "20", $"http://127.0.0.1:{_port}/burst"], home.Folder, [], s_limit)).MustExit(0).Out;
        Assert.Contains("100 2xx, 0 3xx, 900 4xx, 0 5xx", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tenant_is_limited_over_ipv6_as_over_ipv4_and_no_other_is()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("200", await CurlAsync(home, "127.0.0.1", "/tenant", "x-tenant-id: a"));
        }

        Assert.Equal("429", await CurlAsync(home, "[::1]", "/tenant", "x-tenant-id: a"));
        Assert.Equal("200", await CurlAsync(home, "[::1]", "/tenant", "x-tenant-id: b"));
        Assert.Equal("200", await CurlAsync(home, "[::1]", "/tenant"));
    }

    [Fact]
    public async Task Routes_of_one_set_count_together_and_an_applied_manifest_keeps_the_count()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        Assert.Equal(["200", "200", "200", "429"], [await CurlAsync(home, "127.0.0.1", "/a"), await CurlAsync(home, "127.0.0.1", "/b"), await CurlAsync(home, "127.0.0.1", "/a"), await CurlAsync(home, "127.0.0.1", "/b")]);
        home.Declare(Manifest.Replace("limit: 100/h", "limit: 50/h", StringComparison.Ordinal));
        await home.UpAsync();
        Assert.Equal(["429", "429", "200"], [await CurlAsync(home, "127.0.0.1", "/b"), await CurlAsync(home, "127.0.0.1", "/a"), await CurlAsync(home, "127.0.0.1", "/")]);
    }

    private async Task<string> CurlAsync(MainstayHome home, string host, string path, string header = "x-none: 1") =>
        (await Child.RunAsync("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", header, $"http://{host}:{_port}{path}"], home.Folder, [], s_limit)).MustExit(0).Out.Trim();
}
