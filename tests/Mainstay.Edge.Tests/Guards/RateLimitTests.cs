using System.Collections.Immutable;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Guards;
using Mainstay.Edge.Guards.RateLimits;

namespace Mainstay.Edge.Tests.Guards;

public sealed class RateLimitTests
{
    private const long Second = 1000;
    private static readonly DateTimeOffset s_time = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("2001:db8:1:200::1", "2001:db8:1:2ff::9", true)]
    [InlineData("2001:db8:1:200::1", "2001:db8:1:300::1", false)]
    [InlineData("::", "0.0.0.0", false)]
    [InlineData("64:ff9b::cb00:7107", "203.0.113.7", false)]
    public void Clients_are_told_apart_by_address_and_ipv6_ones_by_network(string one, string other, bool same)
    {
        var limit = Limit(["client_ip"]);
        Assert.Equal(same, limit.KeyOf(new Facts(one)) == limit.KeyOf(new Facts(other)));
    }

    [Fact]
    public void A_header_counts_by_its_value_and_without_it_by_the_fallback_which_nobody_can_name()
    {
        var limit = Limit(["header:x-tenant-id"], "unknown");
        var (a, b) = (limit.KeyOf(new Facts(Fields: ("x-tenant-id", "a"))), limit.KeyOf(new Facts(Fields: ("x-tenant-id", "b"))));
        var without = limit.KeyOf(new Facts());
        Assert.NotEqual(a, b);
        Assert.NotEqual(without, limit.KeyOf(new Facts(Fields: ("x-tenant-id", "unknown"))));
        Assert.Equal(without, limit.KeyOf(new Facts(Fields: [("x-tenant-id", "a"), ("x-tenant-id", "b")])));
        Assert.Equal(without, limit.KeyOf(new Facts(Fields: ("x-tenant-id", new string('a', 256)))));
        Assert.Equal(a, limit.KeyOf(new Facts("198.51.100.9", ("x-tenant-id", "a"))));
    }

    [Fact]
    public void With_client_ip_as_fallback_requests_without_the_header_count_by_their_address()
    {
        var limit = Limit(["header:x-tenant-id"], "client_ip");
        Assert.NotEqual(limit.KeyOf(new Facts("203.0.113.7")), limit.KeyOf(new Facts("203.0.113.8")));
    }

    [Fact]
    public void Combinations_are_counted_and_none_is_another()
    {
        var limit = Limit(["header:a", "header:b"], "f");
        ulong Of(string a, string b) => limit.KeyOf(new Facts(Fields: [("a", a), ("b", b)]));
        Assert.Equal(4, new[] { Of("x", "yz"), Of("xy", "z"), Of("", "xyz"), Of("xyz", "") }.Distinct().Count());
    }

    [Fact]
    public void A_refusal_says_when_to_come_back_and_then_it_is_let_through()
    {
        var guards = Guards(Limit(["client_ip"], count: 2, perS: 60));
        var facts = new Facts();
        var now = 5 * Second;
        Assert.Equal("\"client_ip\";r=1;t=30", guards.Decide(facts, now, s_time).Limit);
        Assert.Equal("\"client_ip\";r=0;t=30", guards.Decide(facts, now, s_time).Limit);
        var refused = guards.Decide(facts, now, s_time);
        Assert.Equal((429, 30, "\"client_ip\";q=2;w=60", "\"client_ip\";r=0;t=30"), (refused.Refusal!.Status, refused.Refusal.RetryAfter, refused.Policy, refused.Limit));
        Assert.NotNull(guards.Decide(facts, now + (30 * Second) - 1, s_time).Refusal);
        Assert.Null(guards.Decide(facts, now + (30 * Second), s_time).Refusal);
    }

    [Fact]
    public void What_one_limit_refuses_counts_at_none()
    {
        var (byTenant, byClient) = (Limit(["header:x-tenant-id"], "unknown", count: 3), Limit(["client_ip"], count: 2));
        var guards = Guards(byTenant, byClient);
        var a = new Facts("203.0.113.7", ("x-tenant-id", "a"));
        Assert.Equal([false, false, true, true], Enumerable.Range(0, 4).Select(_ => guards.Decide(a, 0, s_time).Refusal is not null));

        // The tenant has one left, for another client.
        Assert.Equal([false, true], Enumerable.Range(0, 2).Select(_ => guards.Decide(a with { Address = "203.0.113.8" }, 0, s_time).Refusal is not null));
    }

    [Fact]
    public void A_new_snapshot_keeps_what_was_counted_also_when_the_limit_allows_something_else()
    {
        var book = new GuardBook(new Mainstay.Testing.ManualTimeProvider(s_time));
        RouteGuards Make(int count, string? shared = null, string path = "/a") =>
            book.Make([new(null, path, "web", false, 5, new(shared, [new(["client_ip"], count, 60, count, null, 56)], null))], [])[0]!;

        Assert.Null(Make(1).Decide(new Facts(), 0, s_time).Refusal);
        Assert.NotNull(Make(1).Decide(new Facts(), 0, s_time).Refusal);
        Assert.NotNull(Make(1).Decide(new Facts(), 0, s_time).Refusal);
        Assert.Null(Make(1, path: "/b").Decide(new Facts(), 0, s_time).Refusal);
    }

    [Fact]
    public void Routes_that_share_a_set_count_together_and_others_do_not()
    {
        EdgeGuards Set(string? name) => new(name, [new(["client_ip"], 1, 60, 1, null, 56)], null);
        var guards = new GuardBook(new Mainstay.Testing.ManualTimeProvider(s_time)).Make(
            [new(null, "/a", "web", false, 5, Set("s")), new(null, "/b", "web", false, 5, Set("s")), new(null, "/c", "web", false, 5, Set(null)), new(null, "/d", "web", false, 5)], []);
        Assert.Null(guards[3]);
        Assert.Equal([false, true, false], guards.Take(3).Select(g => g!.Decide(new Facts(), 0, s_time).Refusal is not null));
    }

    private static RouteGuards Guards(params RateLimit[] limits) => new(null, limits);

    private static RateLimit Limit(ImmutableArray<string> keys, string? fallback = null, int count = 2, double perS = 60) =>
        new(new(keys, count, perS, count, fallback, 56), Second, new());
}
