using Mainstay.Edge.Headers;
using Mainstay.Testing;

namespace Mainstay.Edge.Tests.Headers;

public sealed class CorrelationIdTests
{
    private readonly ManualTimeProvider _time = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("abc-123", true)]
    [InlineData("A.b_c~d:e+f/g=h-", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a\u00e4", false)]
    [InlineData("<script>", false)]
    public void A_clients_own_is_kept_when_it_is_well_formed(string given, bool kept) => Assert.Equal(kept, new CorrelationId(_time).For(given) == given);

    [Fact]
    public void Two_are_none_and_129_letters_are_too_many()
    {
        var ids = new CorrelationId(_time);
        Assert.NotEqual("a", ids.For(new(["a", "a"])));
        Assert.Equal(new string('a', 128), ids.For(new string('a', 128)));
        Assert.NotEqual(new string('a', 129), ids.For(new string('a', 129)));
    }

    [Fact]
    public void New_ones_sort_by_their_time_and_have_nothing_else_in_common()
    {
        var ids = new CorrelationId(_time);
        var first = Enumerable.Range(0, 1000).Select(_ => ids.Next()).ToArray();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var next = ids.Next();

        Assert.All(first, id => Assert.True(CorrelationId.IsWellFormed(id) && id.Length == 25 && string.CompareOrdinal(id, next) < 0));
        Assert.Equal(1000, first.Select(id => id[9..]).Distinct().Count());

        // Each letter of the random part takes many values: none of it is a counter.
        Assert.All(Enumerable.Range(9, 16), place => Assert.True(first.Select(id => id[place]).Distinct().Count() > 25));
    }
}
