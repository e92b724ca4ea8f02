using System.Net;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Load;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Edge;

public sealed class RoutingTests
{
    private readonly int _port = FreePort.Take();

    private MainstayHome Create(string more = "") => MainstayHome.Create($$"""
        stack: routes
        edge: { listen: [ "http://127.0.0.1:{{_port}}" ]{{more}} }
        services:
          web: { command: {{TestServices.Node}}, instances: 2, environment: { VERSION: web }, healthcheck: {{TestServices.Quick}} }
          api: { command: {{TestServices.Node}}, environment: { VERSION: api }, healthcheck: {{TestServices.Quick}} }
          py: { command: {{TestServices.Python}}, environment: { VERSION: py }, healthcheck: {{TestServices.Quick}} }
        routes:
          - { path: /, service: web }
          - { path: /api, service: api }
          - { path: /api/py, service: py, strip_prefix: true }
          - { host: py.example.com, path: /, service: py }
          - { path: /hasty, service: api, timeout: 500ms }

        """);

    [Fact]
    public async Task The_longest_path_wins_and_the_host_decides_first()
    {
        await using var home = Create();
        await home.UpAsync();

        Assert.Equal("web", await Web.VersionAsync(_port, "/"));
        Assert.Equal("api", await Web.VersionAsync(_port, "/api/users"));
        Assert.Equal("web", await Web.VersionAsync(_port, "/apis"));
        Assert.Equal("py", await Web.VersionAsync(_port, "/api/py/users"));
        Assert.Equal("py", (await Web.GetAsync(_port, "/", ("Host", "py.example.com"))).Json["version"]!.GetValue<string>());
        Assert.Equal("/api/users?q=1", (await Web.GetAsync(_port, "/api/users?q=1")).Json["url"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_services_see_who_asked_and_how_and_strangers_cannot_lie_about_it()
    {
        await using var home = Create();
        await home.UpAsync();

        var seen = (await Web.GetAsync(_port, "/headers", ("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-Proto", "https"), ("Host", "shop.example.com"))).Json["headers"]!;

        Assert.Equal("127.0.0.1", seen["x-forwarded-for"]!.GetValue<string>());
        Assert.Equal("http", seen["x-forwarded-proto"]!.GetValue<string>());
        Assert.Equal("shop.example.com", seen["x-forwarded-host"]!.GetValue<string>());
        Assert.Equal("shop.example.com", seen["host"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_trusted_proxy_is_believed()
    {
        await using var home = Create(", trusted_proxies: [ 127.0.0.0/8 ]");
        await home.UpAsync();

        var seen = (await Web.GetAsync(_port, "/headers", ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"))).Json["headers"]!;

        Assert.StartsWith("203.0.113.9", seen["x-forwarded-for"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("https", seen["x-forwarded-proto"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_request_target_passes_byte_for_byte_and_connection_headers_do_not_pass()
    {
        await using var home = Create();
        await home.UpAsync();
        using var connection = await PlainConnection.OpenAsync(new(IPAddress.Loopback, _port), TestContext.Current.CancellationToken);

        var answer = await connection.SendAsync(
            "GET /a%2Fb/%7Ec//d/headers?x=%20+&y=%C3%A4 HTTP/1.1\r\nHost: a.example.com\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nX-End: 2\r\n\r\n",
            TestContext.Current.CancellationToken);

        var seen = System.Text.Json.Nodes.JsonNode.Parse(answer.Text)!;
        Assert.Equal("/a%2Fb/%7Ec//d/headers?x=%20+&y=%C3%A4", seen["url"]!.GetValue<string>());
        Assert.Equal((null, "2"), (seen["headers"]!["x-hop"]?.GetValue<string>(), seen["headers"]!["x-end"]?.GetValue<string>()));
    }

    [Fact]
    public async Task A_service_that_is_too_slow_for_its_route_is_answered_504_for_it()
    {
        await using var home = Create();
        await home.UpAsync();

        var answer = await Web.GetAsync(_port, "/hasty/slow?ms=5000", ("Accept", "application/json"));

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.Status);
        Assert.Contains("json", answer.Header("content-type"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_go_to_the_instance_with_the_fewest_under_way()
    {
        await using var home = Create();
        await home.UpAsync();
        var slow = Enumerable.Range(0, 3).Select(_ => Web.GetAsync(_port, "/slow?ms=4000&say=1")).ToArray();
        await Eventually.BecomesAsync("three requests are under way", () => home.LogsAsync("web"), lines => lines.Count(l => l.Contains("slow begins", StringComparison.Ordinal)) == 3);

        var busy = new Dictionary<int, int>();
        foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Web.GetAsync(_port, "/slow?ms=3000")).Concat(slow)))
        {
            var pid = answer.Json["pid"]!.GetValue<int>();
            busy[pid] = busy.GetValueOrDefault(pid) + 1;
        }

        Assert.Equal([3, 3], busy.Values);
    }

    [Fact]
    public async Task A_changed_route_takes_effect_and_restarts_no_service()
    {
        await using var home = Create();
        await home.UpAsync();
        var before = await home.StatusAsync();

        home.Declare((await File.ReadAllTextAsync(home.Manifest, TestContext.Current.CancellationToken)).Replace("{ path: /api, service: api }", "{ path: /api, service: py }", StringComparison.Ordinal));
        await home.UpAsync();

        Assert.Equal("py", await Web.VersionAsync(_port, "/api/users"));
        Assert.Equal(before.Pids, (await home.StatusAsync()).Pids);
    }
}
