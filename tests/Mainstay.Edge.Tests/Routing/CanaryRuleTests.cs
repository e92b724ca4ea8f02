using Mainstay.Edge.Routing;

namespace Mainstay.Edge.Tests.Routing;

public sealed class CanaryRuleTests
{
    private static readonly CanaryRule Rule = new(new(0, "X-Canary", "1", "canary", "yes"), "api");

    [Theory]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData("1, 1", false)]
    [InlineData("11", false)]
    [InlineData("\"1\"", false)]
    [InlineData("", false)]
    public void A_header_counts_by_its_exact_value(string value, bool takes) => Assert.Equal(takes, Rule.IsAskedFor(default, value));

    [Fact]
    public void One_of_several_fields_of_that_name_is_enough() => Assert.True(Rule.IsAskedFor(default, new(["0", "1"])));

    [Theory]
    [InlineData("canary=yes", true)]
    [InlineData("a=b; canary=yes; c=d", true)]
    [InlineData("a=b;canary=yes;c=d", true)]
    [InlineData("  \tcanary=yes \t", true)]
    [InlineData("canary=no; canary=yes", true)]
    [InlineData(";;;=;;canary=yes", true)]
    [InlineData("xcanary=yes", false)]
    [InlineData("canaryx=yes", false)]
    [InlineData("canary=yesx", false)]
    [InlineData("canary=yes=yes", false)]
    [InlineData("canary =yes", false)]
    [InlineData("canary= yes", false)]
    [InlineData("Canary=yes", false)]
    [InlineData("canary=YES", false)]
    [InlineData("canary=\"yes\"", false)]
    [InlineData("canary=%79es", false)]
    [InlineData("a=canary=yes", false)]
    [InlineData("a=\"; canary=yes\"", false)]
    [InlineData("canary", false)]
    [InlineData("yes", false)]
    [InlineData("=", false)]
    [InlineData(";", false)]
    [InlineData("", false)]
    public void A_cookie_counts_by_its_exact_name_and_value(string field, bool takes) => Assert.Equal(takes, Rule.IsAskedFor(field, default));

    [Fact]
    public void Cookies_that_came_in_several_fields_are_all_looked_at() => Assert.True(Rule.IsAskedFor(new(["a=b", "canary=yes"]), default));

    [Fact]
    public void A_long_field_without_an_end_is_read_once() =>
        Assert.False(Rule.IsAskedFor(string.Concat(Enumerable.Repeat("canary=;", 8_000)), default));

    [Fact]
    public void A_rule_without_names_takes_nothing()
    {
        var nobody = new CanaryRule(new(0, null, null, null, null), "api");
        Assert.False(nobody.IsAskedFor("=", ""));
        Assert.False(nobody.IsAskedFor("", default));
        Assert.False(new CanaryRule(new(0, "", "", "", ""), "api").IsAskedFor("=", default));
    }
}
