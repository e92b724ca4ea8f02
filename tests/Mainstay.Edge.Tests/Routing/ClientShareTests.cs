using System.Net;
using Mainstay.Edge.Routing;

namespace Mainstay.Edge.Tests.Routing;

public sealed class ClientShareTests
{
    private static readonly IPAddress[] Neighbours = [.. Enumerable.Range(0, 1000).Select(i => new IPAddress([10, 0, (byte)(i / 250), (byte)(i % 250)]))];

    private static readonly IPAddress[] NeighboursV6 = [.. Enumerable.Range(0, 1000).Select(i => IPAddress.Parse($"2001:db8::{i:x}"))];

    [Fact]
    public void Sixty_percent_are_600_of_1000_clients_and_the_same_ones_each_time()
    {
        foreach (var clients in new[] { Neighbours, NeighboursV6 })
        {
            var first = Included("api", 60, clients);
            Assert.InRange(first.Count, 580, 620);
            Assert.Equal(first, Included("api", 60, clients));
        }
    }

    [Fact]
    public void The_share_is_what_it_says()
    {
        // A thousand addresses scatter by 15 around 600, whatever the hash; many of them show whether it is fair.
        var clients = Enumerable.Range(0, 100_000).Select(i => new IPAddress([192, (byte)(i >> 16), (byte)(i >> 8), (byte)i])).ToArray();
        foreach (var percent in new[] { 1, 10, 50, 60, 99 })
        {
            Assert.InRange(Included("api", percent, clients).Count, (percent * 1000) - 600, (percent * 1000) + 600);
        }
    }

    [Fact]
    public void A_growing_share_only_adds_clients()
    {
        var before = new HashSet<IPAddress>();
        for (var percent = 0; percent <= 100; percent += 5)
        {
            var now = Included("api", percent, Neighbours);
            Assert.Superset(before, now);
            before = now;
        }

        Assert.Equal(Neighbours.Length, before.Count);
    }

    [Fact]
    public void Two_services_try_their_candidates_on_different_clients()
    {
        var both = Included("api", 50, Neighbours);
        both.IntersectWith(Included("web", 50, Neighbours));
        Assert.InRange(both.Count, 200, 300);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void No_share_is_nobody(double percent) => Assert.Empty(Included("api", percent, Neighbours));

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    [InlineData(double.PositiveInfinity)]
    public void The_whole_share_is_everybody_with_an_address(double percent)
    {
        Assert.Equal(Neighbours.Length, Included("api", percent, Neighbours).Count);
        Assert.False(new ClientShare("api", percent).Includes(null));
    }

    private static HashSet<IPAddress> Included(string service, double percent, IPAddress[] clients)
    {
        var share = new ClientShare(service, percent);
        return [.. clients.Where(share.Includes)];
    }
}
