using System.Net;
using Mainstay.Realtime.Auth;

namespace Mainstay.Realtime.Tests.Auth;

public class AddressListTests
{
    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.255", true)]
    [InlineData("203.0.113.0/24", "203.0.114.0", false)]
    [InlineData("203.0.113.0/24", "::ffff:203.0.113.9", true)]
    [InlineData("::ffff:203.0.113.0/120", "203.0.113.9", true)]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9", true)]
    [InlineData("203.0.113.7", "203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "203.0.113.7", false)]
    public void An_address_is_in_the_list_by_its_family_and_bits(string entry, string address, bool expected)
    {
        var (list, unreadable) = AddressList.Parse([entry]);
        Assert.Empty(unreadable);
        Assert.Equal(expected, list.Contains(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.1")]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("2001:db8::1/32")]
    [InlineData("::ffff:10.0.0.0/64")]
    [InlineData("fe80::1%3")]
    [InlineData("host.example.com")]
    public void What_is_not_plainly_an_address_or_a_prefix_is_named_by_its_number(string entry)
    {
        var (list, unreadable) = AddressList.Parse(["192.0.2.1", entry]);
        Assert.Equal([2], unreadable);
        Assert.True(list.Contains(IPAddress.Parse("192.0.2.1")));
    }
}
