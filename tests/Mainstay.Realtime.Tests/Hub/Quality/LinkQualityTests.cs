using FsCheck;
using FsCheck.Fluent;
using Mainstay.Realtime.Hub.Quality;

namespace Mainstay.Realtime.Tests.Hub.Quality;

public class LinkQualityTests
{
    private static TimeSpan? Ms(int? milliseconds) => milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : null;

    private static LinkQuality After(LinkQuality quality, params int?[] samples) => samples.Aggregate(quality, (q, s) => q.Next(Ms(s)));

    private static readonly LinkQuality Excellent = After(LinkQuality.Initial, 10, 10, 10, 10, 10);

    [Fact]
    public void Five_good_ones_raise_it_and_four_do_not()
    {
        Assert.Equal(LinkGrade.Good, After(LinkQuality.Initial, 10, 10, 10, 10).Grade);
        Assert.Equal(LinkGrade.Excellent, Excellent.Grade);
    }

    [Fact]
    public void Three_bad_ones_lower_it_and_two_do_not()
    {
        Assert.Equal(LinkGrade.Excellent, After(Excellent, 10, 10, 400, 400).Grade);
        Assert.Equal(LinkGrade.Fair, After(Excellent, 10, 10, 400, 400, 400).Grade);
    }

    [Fact]
    public void One_late_pong_among_good_ones_changes_nothing() =>
        Assert.Equal(LinkGrade.Excellent, After(Excellent, 10, null, 10, 10, 10, 10).Grade);

    [Fact]
    public void It_falls_only_as_far_as_three_agree() => Assert.Equal(LinkGrade.Good, After(Excellent, 200, 900, 200).Grade);

    [Fact]
    public void Every_second_one_missed_is_bad_though_no_three_come_in_a_row() =>
        Assert.Equal(LinkGrade.Poor, After(Excellent, null, 10, null, 10, null).Grade);

    [Fact]
    public void Three_missed_in_twenty_are_poor_however_far_apart_and_it_rises_when_they_have_left_the_window()
    {
        int?[] rare = [null, 10, 10, 10, 10, 10, null, 10, 10, 10, 10, 10, null];
        var poor = After(Excellent, rare);
        Assert.Equal(LinkGrade.Poor, poor.Grade);
        Assert.Equal(LinkGrade.Poor, After(poor, [.. Enumerable.Repeat<int?>(10, 7)]).Grade);
        Assert.Equal(LinkGrade.Excellent, After(poor, [.. Enumerable.Repeat<int?>(10, 30)]).Grade);
    }

    [Fact]
    public void Two_silences_in_a_row_are_a_half_open_peer()
    {
        Assert.False(After(Excellent, null, 10, null).IsSilent);
        Assert.True(After(Excellent, null, null).IsSilent);
    }

    [Fact]
    public void The_window_is_twenty_and_the_mean_is_of_what_was_answered()
    {
        var quality = After(LinkQuality.Initial, [.. Enumerable.Range(0, 40).Select(i => (int?)(i < 20 ? 1000 : i == 39 ? null : 50))]);
        Assert.Equal((20, 1, Ms(50)), (quality.Samples.Length, quality.Missed, quality.Mean));
        Assert.Null(LinkQuality.Initial.Mean);
    }

    [Fact]
    public void A_grade_stands_for_three_samples_before_it_falls_and_five_before_it_rises() =>
        Prop.ForAll(Gen.Choose(0, 700).Select(i => i > 600 ? null : (int?)i).ListOf().ToArbitrary(), samples =>
        {
            var (quality, since) = (LinkQuality.Initial, 0);
            foreach (var sample in samples)
            {
                var next = quality.Next(Ms(sample));
                since++;
                var missed = next.Missed >= 3;
                if ((next.Grade > quality.Grade && since < 5) || (next.Grade < quality.Grade && since < 3 && !missed))
                {
                    return false;
                }

                since = next.Grade == quality.Grade ? since : 0;
                quality = next;
            }

            return true;
        }).QuickCheckThrowOnFailure();
}
