using System.Net;
using Mainstay.Edge.Headers;

namespace Mainstay.Edge.Tests.Headers;

public sealed class ClientAddressTests
{
    private static readonly TrustedProxies Trusted = TrustedProxies.Parse(["10.0.0.0/8", "::1"]).Trusted;

    [Theory]
    [InlineData("203.0.113.1", "198.51.100.9", "203.0.113.1")]
    [InlineData("10.0.0.1", "198.51.100.9", "198.51.100.9")]
    [InlineData("10.0.0.1", "6.6.6.6, 198.51.100.9", "198.51.100.9")]
    [InlineData("10.0.0.1", "6.6.6.6, 198.51.100.9, 10.0.0.2", "198.51.100.9")]
    [InlineData("10.0.0.1", " 198.51.100.9:4711 ", "198.51.100.9")]
    [InlineData("::1", "[2001:db8::7]:443", "2001:db8::7")]
    [InlineData("::1", "2001:db8::7", "2001:db8::7")]
    [InlineData("10.0.0.1", "::ffff:198.51.100.9", "198.51.100.9")]
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    [InlineData("10.0.0.1", "unknown", "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100.9, _hidden", "10.0.0.1")]
    [InlineData("10.0.0.1", "6.6.6.6,,", "10.0.0.1")]
    [InlineData("10.0.0.1", "6.6.6.6, nonsense, 10.0.0.2", "10.0.0.2")]
    [InlineData("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3")]
    public void The_nearest_address_that_is_not_a_trusted_proxy_is_the_client(string peer, string forwarded, string client) =>
        Assert.Equal(IPAddress.Parse(client), ClientAddress.Of(IPAddress.Parse(peer), forwarded, Trusted));

    [Fact]
    public void Several_fields_are_one_list() =>
        Assert.Equal(IPAddress.Parse("198.51.100.9"), ClientAddress.Of(IPAddress.Parse("10.0.0.1"), new(["6.6.6.6, 198.51.100.9", "10.0.0.2"]), Trusted));

    [Fact]
    public void Nobody_is_believed_unless_the_manifest_says_so() =>
        Assert.Equal(IPAddress.Loopback, ClientAddress.Of(IPAddress.Loopback, "6.6.6.6", TrustedProxies.Nobody));

    [Fact]
    public void A_peer_without_an_address_has_none() => Assert.Null(ClientAddress.Of(null, "6.6.6.6", Trusted));
}
