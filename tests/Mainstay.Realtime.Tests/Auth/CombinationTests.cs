using System.Net;
using Mainstay.Realtime.Auth;

namespace Mainstay.Realtime.Tests.Auth;

public class CombinationTests
{
    private static readonly AddressList Office = AddressList.Parse(["203.0.113.0/24"]).List;

    private static readonly AuthPolicy Basic = new() { Methods = [AuthMethod.Basic], Basic = [new("exotel", "old"), new("exotel", "new"), new("other", "p:w")] };

    [Theory]
    [InlineData("exotel:old", "exotel")]
    [InlineData("exotel:new", "exotel")]
    [InlineData("other:p:w", "other")]
    public void Basic_takes_any_of_several_pairs_and_a_password_may_hold_colons(string sent, string user) =>
        Assert.Equal(user, Basic.Decide(Forge.Basic(sent)).ShouldAdmit().Subject);

    [Fact]
    public void None_admits_everybody_and_no_other_policy_does()
    {
        new AuthPolicy { Methods = [AuthMethod.None] }.Decide(Forge.Nothing).ShouldAdmit();
        foreach (var method in Enum.GetValues<AuthMethod>().Where(m => m is not AuthMethod.None))
        {
            // Also when its settings are missing altogether.
            Assert.IsType<AuthOutcome.Refused>(new AuthPolicy { Methods = [method] }.Decide(Forge.Bearer(Forge.Rs256()) with { Peer = IPAddress.Loopback }));
        }
    }

    [Fact]
    public void Any_method_of_the_list_admits()
    {
        var policy = Basic with { Methods = [AuthMethod.Jwt, AuthMethod.Basic, AuthMethod.Cidr], Jwt = Forge.JwtPolicy().Jwt, Addresses = Office };
        Assert.Equal(AuthMethod.Jwt, policy.Decide(Forge.Bearer(Forge.Rs256())).ShouldAdmit().Method);
        Assert.Equal(AuthMethod.Basic, policy.Decide(Forge.Basic("exotel:new")).ShouldAdmit().Method);
        Assert.Equal(AuthMethod.Cidr, policy.Decide(Forge.Nothing with { Peer = IPAddress.Parse("203.0.113.5") }).ShouldAdmit().Method);
        policy.Decide(Forge.Nothing).ShouldRefuse(Refusal.NoCredentials);
        policy.Decide(Forge.Basic("exotel:bad")).ShouldRefuse(Refusal.BasicWrong);
    }

    [Fact]
    public void An_address_can_be_asked_beside_a_credential()
    {
        var policy = Basic with { OnlyFrom = Office };
        policy.Decide(Forge.Basic("exotel:new") with { Peer = IPAddress.Parse("::ffff:203.0.113.5") }).ShouldAdmit();
        policy.Decide(Forge.Basic("exotel:new") with { Peer = IPAddress.Parse("198.51.100.5") }).ShouldRefuse(Refusal.AddressNotListed);
        policy.Decide(Forge.Nothing with { Peer = IPAddress.Parse("203.0.113.5") }).ShouldRefuse(Refusal.NoCredentials);
    }

    [Fact]
    public void A_listed_origin_is_compared_to_the_letter()
    {
        var policy = Forge.JwtPolicy() with { Origins = new(["https://app.example.com", "http://localhost:3000"], Required: false) };
        var request = Forge.Bearer(Forge.Rs256());
        policy.Decide(request).ShouldAdmit();
        policy.Decide(request with { Origin = ["https://app.example.com"] }).ShouldAdmit();
        policy.Decide(request with { Origin = ["http://localhost:3000"] }).ShouldAdmit();
        foreach (var origin in new[] { "http://app.example.com", "https://app.example.com:8443", "https://app.example.com.evil.com", "https://evil-app.example.com", "https://app.example.com/", "http://localhost", "null", "" })
        {
            policy.Decide(request with { Origin = [origin] }).ShouldRefuse(Refusal.OriginRefused);
        }

        policy.Decide(request with { Origin = ["https://app.example.com", "https://app.example.com"] }).ShouldRefuse(Refusal.OriginRefused);
        (policy with { Origins = policy.Origins with { Required = true } }).Decide(request).ShouldRefuse(Refusal.OriginMissing);
    }

    [Fact]
    public void Without_a_list_a_page_needs_something_that_a_browser_does_not_send_by_itself()
    {
        var page = "https://somewhere.example.com";
        Forge.JwtPolicy().Decide(Forge.Bearer(Forge.Rs256()) with { Origin = [page] }).ShouldAdmit();
        Basic.Decide(Forge.Basic("exotel:new") with { Origin = [page] }).ShouldRefuse(Refusal.OriginRefused);
        new AuthPolicy { Methods = [AuthMethod.None] }.Decide(Forge.Nothing with { Origin = [page] }).ShouldRefuse(Refusal.OriginRefused);
        new AuthPolicy { Methods = [AuthMethod.None], Origins = new([page], false) }.Decide(Forge.Nothing with { Origin = [page] }).ShouldAdmit();
    }

    [Theory]
    [InlineData("https://App.example.com", "https://app.example.com")]
    [InlineData("https://app.example.com:443/", "https://app.example.com")]
    [InlineData("http://localhost:3000", "http://localhost:3000")]
    [InlineData("https://*.example.com", null)]
    [InlineData("app.example.com", null)]
    [InlineData("https:app.example.com", null)]
    [InlineData("https://app.example.com/path", null)]
    [InlineData("https://u@app.example.com", null)]
    [InlineData("ftp://app.example.com", null)]
    [InlineData("null", null)]
    public void An_origin_is_configured_as_scheme_host_and_port(string text, string? expected) => Assert.Equal(expected, OriginRule.Canonical(text));
}
