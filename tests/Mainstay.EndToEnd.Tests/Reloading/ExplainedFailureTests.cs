using System.Globalization;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Reloading;

/// <summary>Programs that fail as real ones do; the screen must name the cause and what to try, not only that something failed.</summary>
public sealed class ExplainedFailureTests
{
    public static TheoryData<string, string, string[]> Failures => new()
    {
        { "a missing module", Node("require('express-rate-limiter')"), ["express-rate-limiter"] },
        { "an ES module required", Node("throw Object.assign(new Error('require() of ES Module /srv/node_modules/node-fetch/src/index.js not supported.'), { code: 'ERR_REQUIRE_ESM' })"), ["ERR_REQUIRE_ESM", "import"] },
        { "a rate limiter keyed by address", Node("throw Object.assign(new Error('Custom keyGenerator appears to use request IP without calling the ipKeyGenerator helper function for IPv6 addresses.'), { code: 'ERR_ERL_KEY_GEN_IPV6' })"), ["ERR_ERL_KEY_GEN_IPV6"] },
        { "a port in use", Node("const s = require('http').createServer().listen(0, '127.0.0.1', () => require('http').createServer().listen(s.address().port, '127.0.0.1'))"), ["EADDRINUSE"] },
        { "a dependency that is down", Node("require('net').connect(1, '127.0.0.1')"), ["ECONNREFUSED", "127.0.0.1:1"] },
        { "a heap that is too small", "[ node, --max-old-space-size=20, -e, \"const a = []; for (;;) a.push(new Array(1e4).fill({}))\" ]", ["heap", "memory"] },
        { "a Python exception", $"[ {TestServices.PythonProgram}, -c, \"import os; os.environ['DATABASE_URL']\" ]", ["DATABASE_URL", "KeyError"] },
        { "a .NET exception", TestServices.Dotnet, ["InvalidOperationException", "no licence"] },
        { "another port than the expected", Node("require('http').createServer().listen(WRONG, '127.0.0.1')"), ["WRONG", "PORT"] },
        { "a redirect instead of health", Node("require('http').createServer((q, s) => { s.writeHead(302, { location: '/login' }); s.end() }).listen(process.env.PORT, '127.0.0.1')"), ["302", "/login"] },
        { "a silent hang", Node("require('net').createServer(() => {}).listen(process.env.PORT, '127.0.0.1')"), ["timeout"] },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task The_cause_is_on_the_screen(string what, string command, string[] shown)
    {
        Assert.NotEmpty(what);
        var wrong = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        await using var home = MainstayHome.Create($$"""
            stack: failing
            services:
              web:
                command: {{command.Replace("WRONG", wrong, StringComparison.Ordinal)}}
                port: auto
                environment: { BOOT_CRASH: "no licence" }
                healthcheck: { http: /health, interval: 300ms, timeout: 300ms, retries: 2, start_period: 2s, start_interval: 100ms }
                restart: { max_restarts: 1, window: 10m, backoff: { initial: 50ms, max: 50ms } }

            """);

        var up = await home.RunAsync("up");

        up.MustExit(1).MustShow(["web", .. shown.Select(s => s.Replace("WRONG", wrong, StringComparison.Ordinal))]);
    }

    [Fact]
    public async Task A_low_port_without_the_right_to_it_is_explained()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to become somebody without rights");
        Assert.SkipWhen(int.Parse(await File.ReadAllTextAsync("/proc/sys/net/ipv4/ip_unprivileged_port_start", TestContext.Current.CancellationToken), null) <= 81, "everybody may use low ports here");
        await using var home = MainstayHome.Create($$"""
            stack: failing
            services:
              web: { command: {{Node("require('http').createServer().listen(81, '127.0.0.1')")}}, user: nobody, restart: { max_restarts: 1 },
                     port: 81, healthcheck: { tcp: true, start_period: 2s } }

            """);

        (await home.RunAsync("up")).MustExit(1).MustShow("EACCES", "81");
    }

    private static string Node(string program) => $"[ node, -e, \"{program.Replace("\"", "\\\"", StringComparison.Ordinal)}\" ]";
}
