using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Routing;

namespace Mainstay.Edge.Tests.Routing;

public sealed class RouteTableTests
{
    private static readonly RouteTable Table = new(
    [
        new(null, "/", "root", false, 0),
        new(null, "/api", "api", false, 0),
        new(null, "/api/v2/", "api-v2", false, 0),
        new("app.example.com", "/", "app", false, 0),
        new("App.Example.COM", "/admin", "admin", false, 0),
        new("[::1]:8080", "/", "six", false, 0),
        new("only.example.com", "/only", "only", false, 0),
        new(null, "/api", "shadowed", false, 0),
    ]);

    [Theory]
    [InlineData("x", "/", 0)]
    [InlineData("x", "/anything", 0)]
    [InlineData("x", "*", 0)]
    [InlineData("x", "/api", 1)]
    [InlineData("x", "/api/", 1)]
    [InlineData("x", "/api/x", 1)]
    [InlineData("x", "/apix", 0)]
    [InlineData("x", "/API", 0)]
    [InlineData("x", "/api/v2", 2)]
    [InlineData("x", "/api/v2/", 2)]
    [InlineData("x", "/api/v22", 1)]
    [InlineData("", "/api", 1)]
    [InlineData("app.example.com", "/api", 3)]
    [InlineData("APP.example.com:8443", "/admin/x", 4)]
    [InlineData("app.example.com.", "/admin", 4)]
    [InlineData("app.example.com.evil.test", "/admin", 0)]
    [InlineData("[::1]:9999", "/x", 5)]
    [InlineData("[::1]", "/x", 5)]
    [InlineData("only.example.com", "/only/x", 6)]
    [InlineData("only.example.com", "/api/x", 1)]
    public void Exact_host_first_then_the_longest_prefix_on_a_segment_boundary(string host, string path, int route) =>
        Assert.Equal(route, Table.Find(host, path));

    [Fact]
    public void An_empty_table_routes_nothing() => Assert.Equal(-1, new RouteTable([]).Find("x", "/"));

    [Fact]
    public void What_it_finds_is_a_prefix_and_no_longer_prefix_exists()
    {
        var segment = Gen.Elements("a", "b", "ab", "A");
        var path = Gen.Choose(0, 3).SelectMany(n => segment.ListOf(n)).Select(s => "/" + string.Join('/', s));
        var host = Gen.Elements<string?>(null, "h", "H", "i");
        var route = host.SelectMany(h => path.Select(p => new EdgeRoute(h, p, "s", false, 0)));
        var cases = route.ListOf().SelectMany(routes => path.SelectMany(p => Gen.Elements("h", "i:80", "j").Select(h => (Routes: routes.ToImmutableArray(), Path: p, Host: h))));
        Prop.ForAll(Arb.From(cases), c =>
        {
            var found = new RouteTable(c.Routes).Find(c.Host, c.Path);
            return found == Naive(c.Routes, c.Host.Split(':')[0], c.Path);
        }).QuickCheckThrowOnFailure();
    }

    private static int Naive(ImmutableArray<EdgeRoute> routes, string host, string path)
    {
        static bool Fits(string prefix, string path) => prefix == "/" || path == prefix || path.StartsWith(prefix + "/", StringComparison.Ordinal);
        var fitting = routes.Select((r, i) => (Route: r, Index: i)).Where(r => Fits(r.Route.Path, path)).ToList();
        var own = fitting.Where(r => string.Equals(r.Route.Host, host, StringComparison.OrdinalIgnoreCase)).ToList();
        var candidates = own.Count > 0 ? own : [.. fitting.Where(r => r.Route.Host is null)];
        return candidates.Count == 0 ? -1 : candidates.OrderByDescending(r => r.Route.Path.Length).ThenBy(r => r.Index).First().Index;
    }
}
