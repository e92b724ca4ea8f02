using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Edge.Traffic;

namespace Mainstay.Edge.Tests.Traffic;

public sealed class BalancerTests
{
    private const long Suspicion = 100;

    [Fact]
    public void Equals_are_taken_in_turn()
    {
        var ready = Instances(0, 0, 0);
        var chosen = Enumerable.Range(0, 6).Select(turn => Array.IndexOf(ready, Choose(ready, turn)));
        Assert.Equal([0, 1, 2, 0, 1, 2], chosen);
    }

    [Fact]
    public void Nobody_with_less_in_flight_is_passed_over() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, 5).NonEmptyListOf()), Arb.From(Gen.Choose(0, 1000)), (loads, turn) =>
        {
            var ready = Instances([.. loads]);
            return Choose(ready, turn)!.Requests == loads.Min();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void One_that_just_refused_comes_behind_the_busiest_and_before_the_one_just_tried()
    {
        var ready = Instances(9, 0, 0);
        ready[1].Refused(50);
        Assert.Same(ready[0], Choose(ready, 0, now: 60, avoid: ready[2]));
        Assert.Same(ready[1], Choose(ready[1..], 0, now: 60, avoid: ready[2]));
        Assert.Same(ready[1], Choose(ready, 1, now: 200, avoid: ready[2]));
        Assert.Same(ready[2], Choose(ready[2..], 0, avoid: ready[2]));
    }

    [Fact]
    public void WebSockets_are_balanced_by_themselves()
    {
        var ready = Instances(0, 5);
        ready[0].TryEnterRequest();
        ready[0].EnterWebSocket();
        Assert.Same(ready[1], Balancer.Choose(ready, 0, 0, Suspicion, null, webSocket: true));
        Assert.Same(ready[0], Choose(ready, 1));
    }

    [Fact]
    public void Whoever_enters_before_a_drain_is_counted_and_nobody_enters_after_it()
    {
        var told = 0;
        var instance = Instances(0)[0];
        instance.LeftWhileDraining = () => told++;
        Assert.True(instance.TryEnterRequest());
        instance.BeginDrain(7);
        Assert.False(instance.TryEnterRequest());
        Assert.Equal((1, 7L), (instance.Requests, instance.DrainingSince));
        instance.LeaveRequest();
        Assert.Equal((0, 2), (instance.Requests, told));
        instance.EndDrain();
        Assert.True(instance.TryEnterRequest());
    }

    private static InstanceTraffic? Choose(InstanceTraffic[] ready, int turn, long now = 0, InstanceTraffic? avoid = null) =>
        Balancer.Choose(ready, (uint)turn, now, Suspicion, avoid, webSocket: false);

    private static InstanceTraffic[] Instances(params int[] loads) => [.. loads.Select((load, i) =>
    {
        var instance = new InstanceTraffic(new($"i-{i}", IPAddress.Loopback, i), new(new(IPAddress.Loopback, i), new(), TimeProvider.System), new("i", $"i-{i}", new(1000)));
        for (var n = 0; n < load; n++)
        {
            instance.TryEnterRequest();
        }

        return instance;
    })];
}
