using System.Collections.Immutable;
using Mainstay.Daemon.Edge;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Daemon.Tests.Edge;

public class EdgeSnapshotBuilderTests
{
    private static readonly ServiceName Api = new("api");
    private static readonly Dictionary<ServiceName, CanarySpec> NoCanaries = [];

    private static StackSpec Stack(params ImmutableArray<RouteSpec> routes) => new(
        new("s"),
        "mainstay.yaml",
        "/",
        EdgeSpec.None with { WsDrain = TimeSpan.FromSeconds(5), Certificates = [new("example.com", "/c.pem", "/k.pem", SourceSpan.None)] },
        [],
        [],
        routes);

    private static RouteSpec Route(string path) => new(null, path, Api, false, TimeSpan.FromSeconds(30), SourceSpan.None);

    [Fact]
    public void A_service_with_two_routes_stands_in_the_snapshot_once()
    {
        var snapshot = EdgeSnapshotBuilder.Build(1, Stack(Route("/a"), Route("/b")), new Dictionary<ServiceName, ServiceTraffic>(), NoCanaries, [], _ => "1");

        Assert.Equal(["/a", "/b"], snapshot.Routes.Select(r => r.Path));
        Assert.Equal("api", Assert.Single(snapshot.Services).Name);
    }

    [Fact]
    public void A_service_that_was_never_published_has_no_instance_and_says_why()
    {
        var service = Assert.Single(EdgeSnapshotBuilder.Build(1, Stack(Route("/")), new Dictionary<ServiceName, ServiceTraffic>(), NoCanaries, [], _ => "1").Services);

        Assert.Empty(service.Instances);
        Assert.False(service.Hold);
        Assert.Equal("was never started", service.Because);
    }

    [Fact]
    public void A_service_without_a_route_is_named_while_it_has_endpoints_so_that_its_drains_are_answered()
    {
        var leaving = new ServiceTraffic(Api, Hold: false, TimeSpan.Zero, [new("api-1.r1", 4001, true)], "leaves");
        var gone = leaving with { Endpoints = [] };

        Assert.Equal("api-1.r1", Assert.Single(Assert.Single(Build(leaving).Services).Instances).Id);
        Assert.Empty(Build(gone).Services);

        static Contracts.EdgeControl.EdgeSnapshot Build(ServiceTraffic traffic) => EdgeSnapshotBuilder.Build(1, Stack(), new Dictionary<ServiceName, ServiceTraffic> { [Api] = traffic }, NoCanaries, [], _ => "1");
    }

    [Fact]
    public void What_the_supervisor_published_arrives_unchanged()
    {
        var traffic = new ServiceTraffic(Api, Hold: true, TimeSpan.FromSeconds(60), [new("api-1.r1", 4001, false), new("api-2.r2", 4002, true)], "is being replaced");
        var snapshot = EdgeSnapshotBuilder.Build(9, Stack(Route("/")), new Dictionary<ServiceName, ServiceTraffic> { [Api] = traffic }, NoCanaries, [], c => c.Host + "!");

        var service = Assert.Single(snapshot.Services);
        Assert.True(service.Hold);
        Assert.Equal(60, service.HoldMaxS);
        Assert.Equal([("api-1.r1", 4001, false), ("api-2.r2", 4002, true)], service.Instances.Select(i => (i.Id, i.Port, i.Draining)));
        Assert.Equal("example.com!", Assert.Single(snapshot.Certificates).Stamp);
        Assert.Equal(5, snapshot.WsDrainS);
    }

    [Fact]
    public void Candidates_and_the_rule_that_gives_them_requests_arrive_together()
    {
        var traffic = new ServiceTraffic(Api, false, TimeSpan.Zero, [new("api-1.r1", 4001, false), new("api-2.r2", 4002, false, Candidate: true)], "");
        var canaries = new Dictionary<ServiceName, CanarySpec>
        {
            [Api] = new(12.5, new("x-canary", "1"), null, TimeSpan.FromMinutes(1)),
            [new("other")] = new(100, null, null, TimeSpan.Zero),
        };
        var service = Assert.Single(EdgeSnapshotBuilder.Build(9, Stack(Route("/")), new Dictionary<ServiceName, ServiceTraffic> { [Api] = traffic }, canaries, [], _ => "1").Services);

        Assert.Equal([false, true], service.Instances.Select(i => i.Candidate));
        Assert.Equal(new Contracts.EdgeControl.EdgeCanary(12.5, "x-canary", "1", null, null), service.Canary);
    }
}
