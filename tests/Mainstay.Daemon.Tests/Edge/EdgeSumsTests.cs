using Mainstay.Contracts.EdgeControl;
using Mainstay.Daemon.Edge;
using Mainstay.Testing;

namespace Mainstay.Daemon.Tests.Edge;

public sealed class EdgeSumsTests
{
    private readonly ManualTimeProvider _clock = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly EdgeSums _sums;

    public EdgeSumsTests()
    {
        _sums = new(_clock);
        _sums.Present(Snapshot("api-1", "api-2"));
    }

    [Fact]
    public void An_instance_has_what_all_workers_have_counted_of_it()
    {
        _sums.Take(1, Counts(Instance("api-1", 10, 1, 4, 6)));
        _sums.Take(2, Counts(Instance("api-1", 5, 2, 1, 1, 3)));

        var sum = Assert.Single(_sums.Read("api").Instances);
        Assert.Equal((15L, 3L), (sum.Requests, sum.Failures));
        Assert.Equal([5L, 7L, 3L], sum.Latency);
    }

    [Fact]
    public void A_later_line_replaces_an_earlier_one_of_the_same_worker_and_one_that_was_overtaken_is_ignored()
    {
        _sums.Take(1, Counts(Instance("api-1", 10, 1)));
        _sums.Take(1, Counts(Instance("api-1", 12, 1)));
        _sums.Take(1, Counts(Instance("api-1", 11, 1)));

        Assert.Equal(12, Assert.Single(_sums.Read("api").Instances).Requests);
    }

    [Fact]
    public void A_worker_that_ended_is_still_in_the_sum_and_its_successor_begins_at_nothing()
    {
        _sums.Take(1, Counts(Instance("api-1", 10, 1), new("api", 10, 2, 1.5, 3)));
        _sums.Ended(1);
        _sums.Take(2, Counts(Instance("api-1", 1, 0), new("api", 1, 1, 0.25, 7)));
        _sums.Ended(2);
        _sums.Take(3, Counts(Instance("api-1", 1, 0), new("api", 1, 0, 0, 1)));

        var (service, instances) = _sums.Read("api");
        Assert.Equal(12, Assert.Single(instances).Requests);
        Assert.Equal(new EdgeServiceCounts("api", 12, 3, 1.75, 7), service);
    }

    [Fact]
    public void Services_are_apart()
    {
        _sums.Take(1, Counts(Instance("api-1", 10, 1), new("api", 10, 0, 0, 0)));
        _sums.Take(1, new([new("web", "web-1", 3, 0, [])], [new("web", 3, 0, 0, 0)]));

        Assert.Equal("api-1", Assert.Single(_sums.Read("api").Instances).Instance);
        Assert.Equal(3, _sums.Read("web").Service!.Requests);
        Assert.Null(_sums.Read("other").Service);
    }

    [Fact]
    public void An_instance_that_left_is_known_for_an_hour()
    {
        _sums.Take(1, Counts(Instance("api-1", 10, 1)));
        _sums.Present(Snapshot("api-2"));
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Single(_sums.Read("api").Instances);

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(_sums.Read("api").Instances);
    }

    [Fact]
    public void One_that_came_back_meanwhile_stays()
    {
        _sums.Take(1, Counts(Instance("api-1", 10, 1)));
        _sums.Present(Snapshot());
        _clock.Advance(TimeSpan.FromMinutes(30));
        _sums.Present(Snapshot("api-1"));
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Single(_sums.Read("api").Instances);
    }

    [Fact]
    public void What_a_worker_tells_of_instances_that_left_before_this_daemon_began_is_known_for_an_hour_as_well()
    {
        _sums.Take(1, Counts(Instance("api-0", 10, 1)));
        Assert.Single(_sums.Read("api").Instances);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(_sums.Read("api").Instances);
    }

    [Fact]
    public void Of_those_that_left_only_so_many_are_known()
    {
        for (var i = 0; i < EdgeSums.MostGone + 5; i++)
        {
            _sums.Take(1, Counts(Instance($"api-1.r{i}", 1, 0)));
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        var known = _sums.Read("api").Instances;
        Assert.Equal(EdgeSums.MostGone, known.Length);
        Assert.DoesNotContain(known, i => i.Instance == "api-1.r3");
    }

    [Fact]
    public void Lists_that_are_missing_on_the_wire_are_empty()
    {
        _sums.Take(1, new(default, default));
        _sums.Take(1, new([new("api", "api-1", 2, 0, default)], default));
        _sums.Take(2, new([new("api", "api-1", 2, 0, [2])], default));
        Assert.Equal([2L], Assert.Single(_sums.Read("api").Instances).Latency);
    }

    private static EdgeCounts Counts(EdgeInstanceCounts instance, EdgeServiceCounts? service = null) => new([instance], service is null ? [] : [service]);

    private static EdgeInstanceCounts Instance(string id, long requests, long failures, params long[] latency) => new("api", id, requests, failures, [.. latency]);

    private static EdgeSnapshot Snapshot(params string[] instances) =>
        new(1, "test", [], [new("api", false, 0, [.. instances.Select(id => new EdgeInstance(id, "127.0.0.1", 1, false))], "")], [], [], null, 30);
}
