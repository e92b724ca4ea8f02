using System.Net;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Counting;
using Mainstay.Edge.Traffic;
using Mainstay.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Edge.Tests.Counting;

public sealed class TrafficCountsTests
{
    private readonly ManualTimeProvider _clock = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TrafficCounts _counts;
    private readonly CountsNews _news;
    private readonly SnapshotApplier _applier;
    private long _version;

    public TrafficCountsTests()
    {
        _counts = new(_clock);
        _news = new(_counts);
        _applier = new(new(), new(), _counts, new(), _clock, NullLogger<SnapshotApplier>.Instance);
    }

    [Fact]
    public void A_daemon_gets_everything_once_and_then_what_has_changed()
    {
        Answer("api-1");
        Answer("api-2");
        Assert.Equal(["api-1", "api-2"], Assert.Single(_news.Next()).Instances.Select(i => i.Instance));
        Assert.Empty(_news.Next());

        Answer("api-2");
        var again = Assert.Single(Assert.Single(_news.Next()).Instances);
        Assert.Equal(("api", "api-2", 2L), (again.Service, again.Instance, again.Requests));

        Assert.Equal([1L, 2L], Assert.Single(new CountsNews(_counts).Next()).Instances.Select(i => i.Requests));
    }

    [Fact]
    public void What_has_counted_nothing_is_not_told()
    {
        _counts.Instance("api", "api-1");
        _counts.Service("api");
        Assert.Empty(_news.Next());
    }

    [Fact]
    public void Many_instances_are_told_in_lines_that_the_daemon_can_take()
    {
        for (var i = 0; i < 120; i++)
        {
            Answer($"api-{i}");
        }

        Assert.Equal([50, 50, 20], _news.Next().Select(line => line.Instances.Length));
    }

    [Fact]
    public void An_instance_that_left_is_told_and_forgotten_after_an_hour()
    {
        Apply(Service(Instance("api-1")));
        Answer("api-1");
        Apply(Service());
        Assert.Equal("api-1", Assert.Single(Assert.Single(_news.Next()).Instances).Instance);
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Contains(Known(), i => i.Instance == "api-1");

        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain(Known(), i => i.Instance == "api-1");
    }

    [Fact]
    public void An_instance_that_left_is_kept_longer_while_no_daemon_has_heard_of_it()
    {
        Apply(Service(Instance("api-1")));
        Answer("api-1");
        Apply(Service());
        _clock.Advance(TimeSpan.FromHours(5));
        Apply(Service());
        Assert.Equal("api-1", Assert.Single(_counts.Tell().Instances).Instance);
    }

    [Fact]
    public void Of_those_that_left_only_the_last_thousand_are_kept()
    {
        for (var i = 0; i < TrafficCounts.MostGone + 5; i++)
        {
            Apply(Service(Instance($"api-{i}")));
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        var kept = _counts.Tell().Instances.Select(i => i.Instance).ToArray();
        Assert.Equal(TrafficCounts.MostGone + 1, kept.Length);
        Assert.DoesNotContain("api-3", kept);
        Assert.Contains("api-1004", kept);
    }

    [Fact]
    public void An_instance_that_comes_back_goes_on_where_it_was()
    {
        Apply(Service(Instance("api-1")));
        Answer("api-1");
        Apply(Service());
        Apply(Service(Instance("api-1")));
        Answer("api-1");
        Assert.Equal(2, Assert.Single(Assert.Single(_news.Next()).Instances).Requests);
    }

    [Fact]
    public void An_instance_that_serves_again_after_more_than_an_hour_of_draining_is_counted_again()
    {
        Apply(Service(Instance("api-1")));
        var busy = Assert.Single(_applier.Instances);
        Assert.True(busy.TryEnterRequest());
        Apply(Service());
        _news.Next();
        _clock.Advance(TimeSpan.FromHours(2));
        _news.Next();
        Assert.Empty(Known());

        Apply(Service(Instance("api-1")));
        Assert.Same(busy, Assert.Single(_applier.Instances));
        busy.Counters.Answered(0, failed: false);
        Assert.Equal(1, Assert.Single(Assert.Single(_news.Next()).Instances).Requests);
    }

    [Fact]
    public void Downtime_is_the_time_with_a_route_and_without_a_ready_instance_or_a_hold()
    {
        Apply(Service());
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, Downtime());

        Apply(Service(Instance("api-1")));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, Downtime());

        Apply(Service() with { Hold = true });
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, Downtime());

        Apply(Service(Instance("api-1") with { Draining = true }));
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        Apply(Service(Instance("api-1")));
        Assert.Equal(2.5, Downtime());
    }

    [Fact]
    public void A_candidate_alone_is_nobody()
    {
        Apply(Service(Instance("api-1") with { Candidate = true }) with { Canary = new(100, null, null, null, null) });
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(3, Downtime());
    }

    [Fact]
    public void A_service_that_a_route_names_and_nobody_knows_is_down()
    {
        Apply();
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Downtime());
    }

    [Fact]
    public void A_service_without_a_route_is_never_down()
    {
        _applier.Apply(new(++_version, "test", [], [Service()], [], [], null, 30));
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(0, Downtime());

        Apply(Service());
        _clock.Advance(TimeSpan.FromSeconds(1));
        _applier.Apply(new(++_version, "test", [], [], [], [], null, 30));
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(1, Downtime());
    }

    [Fact]
    public void A_worker_that_drains_leaves_downtime_to_its_successor()
    {
        Apply(Service());
        _clock.Advance(TimeSpan.FromSeconds(1));
        _counts.EndDowntime();
        _clock.Advance(TimeSpan.FromSeconds(1));
        Apply(Service());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Downtime());
    }

    [Fact]
    public void The_longest_hold_is_the_longest_of_all()
    {
        var service = _counts.Service("api");
        foreach (var seconds in new[] { 3, 7, 5 })
        {
            service.Held(TimeSpan.FromSeconds(seconds).Ticks);
        }

        Assert.Equal(7, service.Read(_clock.GetTimestamp()).LongestHoldS);
    }

    private static EdgeInstance Instance(string id) => new(id, IPAddress.Loopback.ToString(), 4001, false);

    private static EdgeService Service(params EdgeInstance[] instances) => new("api", false, 10, [.. instances], "");

    private void Apply(params EdgeService[] services) =>
        _applier.Apply(new(++_version, "test", [new(null, "/", "api", false, 5)], [.. services], [], [], null, 30));

    private void Answer(string id) => _counts.Instance("api", id).Answered(0, failed: false);

    private double Downtime() => _counts.Service("api").Read(_clock.GetTimestamp()).DowntimeS;

    private InstanceCounters[] Known() => _counts.Tell().Instances;
}
