using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Tests.Validation;

public sealed class EdgeAndRouteTests
{
    private const string Edge = "edge: { listen: \"http://127.0.0.1:80\" }\n";

    [Fact]
    public void A_route_leads_to_a_service()
    {
        var problem = Manifest.OnlyProblem(Manifest.With() + Edge + "routes: [ { service: apj } ]\n");

        Assert.Equal(("MS1050", "a route leads to \"apj\", which is no service", "write \"api\", or declare \"apj\" under services"), (problem.Code, problem.What, problem.Fix));
        Assert.Equal("routes[0].service", problem.Where.Path);
    }

    [Fact]
    public void A_route_leads_to_no_external() =>
        Assert.Contains("which is external", Manifest.OnlyProblem(Manifest.With() + Edge + "external: { db: { tcp: \"h:1\" } }\nroutes: [ { service: db } ]\n").What, StringComparison.Ordinal);

    [Theory]
    [InlineData("{ path: /a, service: api }, { path: /a, service: api }", true)]
    [InlineData("{ path: /a, service: api }, { path: /a/, service: api }", true)]
    [InlineData("{ host: x.org, service: api }, { host: X.ORG, service: api }", true)]
    [InlineData("{ host: x.org, service: api }, { service: api }", false)]
    [InlineData("{ path: /a, service: api }, { path: /A, service: api }", false)]
    public void No_two_routes_are_for_the_same_requests(string routes, bool clash) =>
        Assert.Equal(clash ? ["MS1051"] : [], Manifest.Read(Manifest.With() + Edge + $"routes: [ {routes} ]\n").Problems.Select(p => p.Code));

    [Fact]
    public void Routes_without_an_edge_are_warned_about()
    {
        var result = Manifest.Read(Manifest.With() + "routes: [ { service: api } ]\n");

        Assert.NotNull(result.Stack);
        Assert.Equal(("MS1052", Severity.Warning), (Assert.Single(result.Problems).Code, result.Problems[0].Severity));
    }

    [Theory]
    [InlineData("edge: { listen: [ \"ftp://127.0.0.1:80\" ] }", "MS1017")]
    [InlineData("edge: { listen: }", "MS1006")]
    [InlineData("edge: nonsense", "MS1006")]
    [InlineData("edge: { listen: [] }", "MS1052")]
    [InlineData("edge: { ws_drain: 5s }", "MS1052")]
    public void An_edge_whose_addresses_are_wrong_is_not_also_said_to_have_none(string edge, string codes) =>
        Assert.Equal(codes, string.Join(' ', Manifest.Read(Manifest.With() + edge + "\nroutes: [ { service: api } ]\n").Problems.Select(p => p.Code)));

    [Fact]
    public void A_certificate_that_is_wrong_is_not_also_said_to_be_missing() =>
        Assert.Equal("MS1006", Manifest.OnlyProblem(Manifest.With() + "edge: { listen: \"https://127.0.0.1:443\", certificates: [ cert.pem ] }\n").Code);

    [Fact]
    public void Https_needs_a_certificate() => Assert.Equal("MS1053", Manifest.OnlyProblem(Manifest.With() + "edge: { listen: \"https://127.0.0.1:443\" }\n").Code);

    [Fact]
    public void A_name_has_one_certificate() =>
        Assert.Equal("MS1054", Manifest.OnlyProblem(Manifest.With() + "edge: { certificates: [ { host: a.b, cert: c, key: k }, { host: A.B, cert: c, key: k } ] }\n").Code);

    [Theory]
    [InlineData("path: api", "write \"/api\"")]
    [InlineData("path: /api/*", "remove the \"*\"; a path stands for everything below it")]
    [InlineData("path: http://x/api", "write only the path, without scheme, host and port")]
    [InlineData("path: /a/../b", "remove blanks, ?, #, \\, //, and \".\" or \"..\" between slashes")]
    [InlineData("path: /a?b", "remove blanks, ?, #, \\, //, and \".\" or \"..\" between slashes")]
    [InlineData("host: \"*\"", "leave the host out to mean every host")]
    [InlineData("host: x.org:80", "write only the name, without a port")]
    [InlineData("host: http://x.org", "write only the name, without scheme and path")]
    public void A_wrong_route_gets_the_right_hint(string wrong, string fix) =>
        Assert.Equal(fix, Manifest.OnlyProblem(Manifest.With() + Edge + $"routes: [ {{ service: api, {wrong} }} ]\n").Fix);
}
