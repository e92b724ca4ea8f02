using System.Net;
using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Tests.Serving;

public sealed class PeerAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("::1", "2001:db8::7", "2001:db8::7")]
    [InlineData("::ffff:127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7")]
    public void The_edge_is_on_this_machine_and_names_the_client(string connected, string named, string peer) =>
        Assert.Equal(IPAddress.Parse(peer), PeerAddress.Of(IPAddress.Parse(connected), named));

    [Theory]
    [InlineData("198.51.100.1", "203.0.113.7", "198.51.100.1")]
    [InlineData("::ffff:198.51.100.1", null, "198.51.100.1")]
    [InlineData("127.0.0.1", null, "127.0.0.1")]
    [InlineData("127.0.0.1", "unknown", "127.0.0.1")]
    public void Nobody_else_is_believed_and_what_is_no_address_names_nobody(string connected, string? named, string peer) =>
        Assert.Equal(IPAddress.Parse(peer), PeerAddress.Of(IPAddress.Parse(connected), named));

    [Fact]
    public void A_socket_without_an_address_has_no_peer() => Assert.Null(PeerAddress.Of(null, "203.0.113.7"));
}
