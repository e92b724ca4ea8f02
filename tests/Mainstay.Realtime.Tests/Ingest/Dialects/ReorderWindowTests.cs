using Mainstay.Realtime.Ingest.Dialects;

namespace Mainstay.Realtime.Tests.Ingest.Dialects;

public sealed class ReorderWindowTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(200);

    private readonly ReorderWindow<string> _window = new(8, s_patience);
    private readonly List<Released<string>> _released = [];
    private TimeSpan _now = TimeSpan.FromSeconds(1);

    [Fact]
    public void Neighbours_that_changed_places_come_out_in_order()
    {
        Offer(1, 3, 2, 5, 4);

        Assert.Equal("1 2 3 4 5", Out);
    }

    [Fact]
    public void What_was_there_already_is_dropped_and_counted()
    {
        Offer(1, 2, 2, 1, 4, 4, 3);

        Assert.Equal(("1 2 3 4", 3), (Out, (int)_window.Duplicates));
    }

    [Fact]
    public void A_hole_is_told_of_after_200_ms_and_the_rest_goes_on()
    {
        Offer(1, 4, 5);
        Assert.Equal("1", Out);
        Tick(199);
        Assert.Equal("1", Out);
        Tick(1);

        Assert.Equal(("1 (2-3) 4 5", 2), (Out, (int)_window.Missing));
    }

    [Fact]
    public void A_hole_is_told_of_when_nine_wait_behind_it()
    {
        Offer(1, 3, 4, 5, 6, 7, 8, 9, 10);
        Assert.Equal("1", Out);
        Offer(11);

        Assert.Equal("1 (2-2) 3 4 5 6 7 8 9 10 11", Out);
    }

    [Fact]
    public void What_comes_after_its_hole_was_told_of_goes_through_once()
    {
        Offer(1, 3);
        Tick(200);
        Offer(2, 2, 4);

        Assert.Equal(("1 (2-2) 3 2 4", 1, 1), (Out, (int)_window.Late, (int)_window.Duplicates));
    }

    [Fact]
    public void A_number_far_off_holds_up_and_drops_nothing()
    {
        Offer(1, 999_999, 2, 3);

        Assert.Equal("1 999999 2 3", Out);
    }

    [Fact]
    public void A_carrier_may_count_anew()
    {
        Offer(10_000, 10_001, 1, 2, 3, 5, 4);

        Assert.Equal("10000 10001 1 2 3 4 5", Out);
    }

    [Fact]
    public void Whatever_order_they_come_in_all_come_out_once_and_the_count_of_holes_is_right()
    {
        var random = new Random(7);
        for (var run = 0; run < 200; run++)
        {
            var window = new ReorderWindow<string>(8, s_patience);
            var released = new List<Released<string>>();
            var sent = Enumerable.Range(1, 300).Where(i => i == 1 || i == 300 || random.Next(20) > 0).ToList();
            for (var i = 1; i + 1 < sent.Count; i += 2)
            {
                if (random.Next(3) == 0)
                {
                    (sent[i], sent[i + 1]) = (sent[i + 1], sent[i]);
                }
            }

            sent.ForEach(number => window.Offer(number, $"{number}", _now, released));
            window.Flush(released);

            Assert.Equal(Enumerable.Range(1, 300).Where(sent.Contains).Select(n => $"{n}"), released.Where(r => r.Message is not null).Select(r => r.Message!));
            Assert.Equal((300 - sent.Count, 0, 0), (window.Missing, window.Duplicates, window.Late));
        }
    }

    private string Out => string.Join(' ', _released.Select(r => r.Message ?? $"({r.From}-{r.To})"));

    private void Offer(params int[] numbers) => Array.ForEach(numbers, number => _window.Offer(number, $"{number}", _now, _released));

    private void Tick(int milliseconds)
    {
        _now += TimeSpan.FromMilliseconds(milliseconds);
        _window.Tick(_now, _released);
    }
}
