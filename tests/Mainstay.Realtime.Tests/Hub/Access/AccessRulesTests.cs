using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Realtime.Hub.Access;

namespace Mainstay.Realtime.Tests.Hub.Access;

public class AccessRulesTests
{
    private static ImmutableArray<NamePattern> Patterns(params string[] texts) => [.. texts.Select(t => NamePattern.Parse(t)!.Value)];

    private static Claims Of(IdentityKind kind, params string[] branches) => new(
        kind,
        "who",
        [.. branches.Select(b => new Branch(b))],
        Patterns("orders", "kitchen.*"),
        Patterns("orders"),
        Patterns("printer:*", "device:till-1"),
        [new(Patterns("till-*")[0], Patterns("print")[0]), new(Patterns("door")[0], Patterns("*")[0])]);

    private static Identity At(string branch, IdentityKind kind = IdentityKind.Web) => Identity.In(Of(kind, branch), null)!;

    [Fact]
    public void No_name_leads_out_of_the_branch_of_the_identity()
    {
        var (north, south) = (At("north"), At("south"));
        Assert.Equal("north/till-1", AccessRules.MayAsk(north, "device:till-1", "print")!.ToString());
        Assert.Equal("south/till-1", AccessRules.MayAsk(south, "device:till-1", "print")!.ToString());
        Assert.NotEqual(AccessRules.MaySubscribe(north, "orders"), AccessRules.MaySubscribe(south, "orders"));
        foreach (var attempt in (string[])["device:south/till-1", "device:../south/till-1", "device:till-1/../x", "device:till-1/a/b", "device:", "device:/x", "device:till-1/", "room:x", "till-1", "device:till-1 ", "device:till-1\0", "device:tïll"])
        {
            Assert.True(AccessRules.MayAsk(north, attempt, "print") is null or { Device: { Branch.Name: "north" } }, attempt);
        }
    }

    [Fact]
    public void Whatever_is_written_with_every_claim_of_a_branch_it_stays_in_the_branch()
    {
        var all = Patterns("*");
        var north = Identity.In(new(IdentityKind.Backend, "app", [new("north")], all, all, all, [new(all[0], all[0])]), null)!;
        var pieces = Gen.Elements("device:", "south", "north", "/", "..", ":", "till-1", "*", "@", "\0", "%2f", "$", "").ListOf();
        Prop.ForAll(pieces.Select(p => string.Concat(p)).ToArbitrary(), text =>
            AccessRules.MayAsk(north, text, "print") is null or { Device.Branch.Name: "north" }
            && AccessRules.MayAsk(north, $"device:{text}", "print") is null or { Device.Branch.Name: "north" }
            && AccessRules.MaySubscribe(north, text) is null or { Branch.Name: "north" }
            && AccessRules.MayPublish(north, text) is null or { Branch.Name: "north" }
            && AccessRules.MayAsk(north, "device:till-1", $"${text}") is null).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("north", "north", "north")]
    [InlineData("north", null, "north")]
    [InlineData("north", "south", null)]
    [InlineData("north,south", null, null)]
    [InlineData("north,south", "south", "south")]
    [InlineData("north,south", "east", null)]
    [InlineData("*", "north", null)]
    [InlineData("*", null, null)]
    [InlineData("", "north", null)]
    [InlineData("north", "", null)]
    public void An_identity_is_in_one_branch_of_its_claims(string claims, string? wanted, string? branch) =>
        Assert.Equal(branch, Identity.In(Of(IdentityKind.Backend, claims.Split(',', StringSplitOptions.RemoveEmptyEntries)), wanted)?.Branch.Name);

    [Fact]
    public void A_device_is_in_one_branch_and_is_who_its_licence_says()
    {
        Assert.Null(Identity.In(Of(IdentityKind.Device, "north", "south"), "north"));
        var device = At("north", IdentityKind.Device);
        Assert.True(AccessRules.MayBe(device, "who"));
        Assert.False(AccessRules.MayBe(device, "till-1"));
        Assert.False(AccessRules.MayBe(At("north"), "who"));
        Assert.Equal(new DeviceAddress(new("north"), "who"), AccessRules.MayReport(device));
        Assert.Null(AccessRules.MayReport(At("north")));
    }

    [Theory]
    [InlineData("device:till-1", "print", true)]
    [InlineData("device:till-1/receipts", "print", true)]
    [InlineData("device:till-1", "open", false)]
    [InlineData("device:door", "open", true)]
    [InlineData("device:doors", "open", false)]
    [InlineData("device:door", "$status", false)]
    [InlineData("device:door", "", false)]
    public void Only_what_the_claims_name_may_be_asked(string to, string op, bool may)
    {
        Assert.Equal(may, AccessRules.MayAsk(At("north"), to, op) is not null);
        Assert.Equal(may, AccessRules.MayAsk(At("north", IdentityKind.Backend), to, op) is not null);
        Assert.Null(AccessRules.MayAsk(At("north", IdentityKind.Device), to, op));
    }

    [Theory]
    [InlineData("orders", true, true)]
    [InlineData("orders2", false, false)]
    [InlineData("kitchen.hot", true, false)]
    [InlineData("kitchen", false, false)]
    [InlineData("kitchen.*", false, false)]
    [InlineData("south/orders", false, false)]
    [InlineData("", false, false)]
    public void Rooms_are_open_by_claim(string room, bool subscribe, bool publish)
    {
        Assert.Equal(subscribe, AccessRules.MaySubscribe(At("north"), room) is not null);
        Assert.Equal(publish, AccessRules.MayPublish(At("north"), room) is not null);
    }

    [Theory]
    [InlineData("printer:1", true)]
    [InlineData("printer:*", true)]
    [InlineData("printer:a/*", true)]
    [InlineData("print*", false)]
    [InlineData("*", false)]
    [InlineData("device:till-1", true)]
    [InlineData("device:till-1*", false)]
    [InlineData("printer:**", false)]
    public void A_watch_is_allowed_as_a_whole_or_not(string of, bool may) => Assert.Equal(may, AccessRules.MayWatch(At("north"), of));

    [Fact]
    public void Claims_that_say_nothing_allow_nothing()
    {
        var nobody = Identity.In(new(IdentityKind.Backend, "who", [new("north")], default, default, default, default), null)!;
        Assert.Null(AccessRules.MaySubscribe(nobody, "orders"));
        Assert.Null(AccessRules.MayPublish(nobody, "orders"));
        Assert.Null(AccessRules.MayAsk(nobody, "device:till-1", "print"));
        Assert.False(AccessRules.MayWatch(nobody, "printer:1"));
        Assert.False(default(NamePattern).Matches(""));
        Assert.Null(Identity.In(new(IdentityKind.Web, "", [new("north")], [], [], [], []), null));
        Assert.Null(Identity.In(new(IdentityKind.Web, "who", default, [], [], [], []), "north"));
    }

    [Theory]
    [InlineData("a*b")]
    [InlineData("**")]
    [InlineData("")]
    [InlineData("a b")]
    public void A_pattern_has_its_star_at_the_end(string text) => Assert.Null(NamePattern.Parse(text));
}
