using Mainstay.Spec.Model;

namespace Mainstay.Spec.Tests.Validation;

public sealed class GuardTests
{
    private const string Switches = "switches: { hooks: { default: on } }";

    [Fact]
    public void A_routes_guards_are_read_with_their_defaults()
    {
        var guards = Read("guards: { rate_limit: { key: \"header:X-Tenant-ID\", limit: 5/min, fallback: unknown }, switch: hooks }", Switches).Stack!.Routes[0].Guards!;
        var limit = Assert.Single(guards.RateLimits);
        Assert.Equal((new LimitKeySpec(LimitKeyKind.Header, "x-tenant-id"), 5, TimeSpan.FromMinutes(1), 5, "unknown", 56), (limit.Keys[0], limit.Count, limit.Per, limit.Burst, limit.Fallback, limit.Ipv6Prefix));
        Assert.Equal(("hooks", SwitchOffSpec.Default), (guards.Switch!.Name, guards.Switch.Off));
        Assert.Null(guards.Shared);
    }

    [Theory]
    [InlineData("100/s", 100, 1)]
    [InlineData("100/min", 100, 60)]
    [InlineData("1/h", 1, 3600)]
    [InlineData("1/d", 1, 86400)]
    [InlineData("5/10s", 5, 10)]
    [InlineData("0/s", 0, 1)]
    public void A_limit_is_so_many_in_so_much_time(string limit, int count, int seconds)
    {
        var read = Read($"guards: {{ rate_limit: {{ key: client_ip, limit: {limit} }} }}").Stack!.Routes[0].Guards!.RateLimits[0];
        Assert.Equal((count, TimeSpan.FromSeconds(seconds), Math.Max(1, count)), (read.Count, read.Per, read.Burst));
    }

    [Fact]
    public void Routes_can_use_a_set_by_name()
    {
        var stack = Read("guards: tenants", "edge: { listen: [ \"http://127.0.0.1:1\" ], guards: { tenants: { rate_limit: [ { key: route, limit: 1/s }, { key: [ client_ip, \"header:a\" ], limit: 2/s, fallback: client_ip } ] } } }").Stack!;
        Assert.Equal(("tenants", 2), (stack.Routes[0].Guards!.Shared, stack.Routes[0].Guards!.RateLimits.Length));
    }

    [Fact]
    public void Idempotency_has_its_defaults_and_says_whose_keys_are_told_apart()
    {
        var once = Read("guards: { idempotency: {} }").Stack!.Routes[0].Guards!.Idempotency!;
        Assert.Equal((TimeSpan.FromMinutes(5), false, 0, 1_000_000L), (once.Ttl, once.IsRequired, once.Scope.Length, once.MaxBody));
        once = Read("guards: { idempotency: { ttl: 1h, required: true, scope: \"header:x-tenant-id\", max_body: 64KB } }").Stack!.Routes[0].Guards!.Idempotency!;
        Assert.Equal((TimeSpan.FromHours(1), true, new LimitKeySpec(LimitKeyKind.Header, "x-tenant-id"), 64_000L), (once.Ttl, once.IsRequired, Assert.Single(once.Scope), once.MaxBody));
    }

    [Fact]
    public void A_service_that_stands_in_gets_a_port()
    {
        var stack = Read("guards: { switch: { name: hooks, off: { service: spare } } }", Switches, "  spare: { command: [ b ] }").Stack!;
        Assert.Equal(PortKind.Auto, stack.Find(new("spare"))!.Port.Kind);
    }

    [Theory]
    [InlineData("guards: { rate_limit: { key: \"header:x-tenant-id\", limit: 5/min } }", "MS1077", "fallback: unknown")]
    [InlineData("guards: { rate_limit: { key: x-tenant-id, limit: 5/min } }", "MS1076", "write \"header:x-tenant-id\"")]
    [InlineData("guards: { rate_limit: { key: ip, limit: 5/min } }", "MS1076", "write \"client_ip\"")]
    [InlineData("guards: { rate_limit: { key: client_ip, limit: 5 } }", "MS1076", "write the time too")]
    [InlineData("guards: { rate_limit: { key: client_ip, limit: 5/fortnight } }", "MS1076", "100/min")]
    [InlineData("guards: { rate_limit: { key: client_ip, limit: 5/min, fallback: x } }", "MS1055", "remove \"fallback\"")]
    [InlineData("guards: { rate_limit: { key: [ client_ip, client_ip ], limit: 5/min } }", "MS1055", "remove one")]
    [InlineData("guards: { rate_limit: { limit: 5/min } }", "MS1007", "key")]
    [InlineData("guards: { switch: hoks }", "MS1078", "write \"hooks\"")]
    [InlineData("guards: tenants", "MS1079", "under edge.guards")]
    [InlineData("guards: { switch: { name: hooks, off: { service: nobody } } }", "MS1050", "nobody")]
    [InlineData("guards: { switch: { name: hooks, off: { service: web, status: 200 } } }", "MS1055", "remove \"status\"")]
    [InlineData("guards: { switch: { name: hooks, off: { content_type: a/b } } }", "MS1055", "body")]
    [InlineData("guards: { rate_limits: { key: client_ip, limit: 5/min } }", "MS1005", "write \"rate_limit\"")]
    public void What_is_wrong_is_told_with_its_fix(string guards, string code, string fix)
    {
        var problem = Assert.Single(Read(guards, Switches).Problems);
        Assert.Equal(code, problem.Code);
        Assert.Contains(fix, problem.Fix, StringComparison.Ordinal);
        Assert.True(problem.Where.Line > 1);
    }

    private static Spec.Parsing.ManifestResult Read(string guards, string more = "", string services = "") => Manifest.Read(
        $"stack: s\n{(more.Contains("edge:", StringComparison.Ordinal) ? "" : "edge: { listen: [ \"http://127.0.0.1:1\" ] }\n")}{more}\nservices:\n  web: {{ command: [ a ] }}\n{services}\nroutes:\n  - {{ path: /, service: web, {guards} }}\n");
}
