using Mainstay.Preflight.Releases;

namespace Mainstay.Preflight.Tests.Releases;

public sealed class NodeVersionTests
{
    [Theory]
    [InlineData("v20.20.2", "20.20.2")]
    [InlineData("22.1.0\n", "22.1.0")]
    [InlineData("node 20", null)]
    [InlineData("", null)]
    public void It_is_read_as_node_prints_it(string text, string? version) => Assert.Equal(version, NodeVersion.Parse(text)?.ToString());

    [Theory]
    [InlineData(">=18", true)]
    [InlineData(">=18.0.0 <21", true)]
    [InlineData(">= 18", true)]
    [InlineData("^20.10.0", true)]
    [InlineData("~20.20", true)]
    [InlineData("20.x", true)]
    [InlineData("20", true)]
    [InlineData("*", true)]
    [InlineData("18 || 20", true)]
    [InlineData("18 - 20", true)]
    [InlineData("20.20.2", true)]
    [InlineData(">=22", false)]
    [InlineData("^18.0.0 || ^22", false)]
    [InlineData("~20.19.0", false)]
    [InlineData("<20", false)]
    [InlineData(">20", false)]
    [InlineData("<=20", true)]
    [InlineData("16 - 18", false)]
    [InlineData("lts/iron", null)]
    [InlineData(">=18 or so", null)]
    public void A_range_holds_or_not_or_is_not_known(string range, bool? within) => Assert.Equal(within, NodeVersion.IsWithin(new Version(20, 20, 2), range));
}
