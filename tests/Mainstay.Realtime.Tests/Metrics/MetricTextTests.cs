using Mainstay.Realtime.Metrics;

namespace Mainstay.Realtime.Tests.Metrics;

public sealed class MetricTextTests
{
    [Fact]
    public void Each_family_has_its_help_and_type_before_its_samples()
    {
        var text = new MetricText()
            .Counter("frames_total", "Frames that came.", 12)
            .Gauge("connections", "Open now.", "role", [("web", 3), ("device", 0)])
            .Gauge("share", "Of one.", 0.5);
        Assert.Equal(
            "# HELP frames_total Frames that came.\n# TYPE frames_total counter\nframes_total 12\n"
            + "# HELP connections Open now.\n# TYPE connections gauge\nconnections{role=\"web\"} 3\nconnections{role=\"device\"} 0\n"
            + "# HELP share Of one.\n# TYPE share gauge\nshare 0.5\n",
            text.ToString());
    }

    [Fact]
    public void What_would_break_a_line_is_escaped() =>
        Assert.Equal(
            "# HELP a b\\\\c\\nd\n# TYPE a counter\na{x=\"q\\\"\\\\\\n\"} 1\n",
            new MetricText().Counter("a", "b\\c\nd", "x", [("q\"\\\n", 1)]).ToString());

    [Fact]
    public void A_histogram_counts_up_to_each_bound_and_a_value_on_a_bound_is_within_it()
    {
        var histogram = new MetricHistogram(0.1, 1);
        foreach (var value in (double[])[0.1, 0.5, 7])
        {
            histogram.Observe(value);
        }

        Assert.Equal(
            "# HELP s x\n# TYPE s histogram\ns_bucket{le=\"0.1\"} 1\ns_bucket{le=\"1\"} 2\ns_bucket{le=\"+Inf\"} 3\ns_sum 7.6\ns_count 3\n",
            new MetricText().Histogram("s", "x", histogram).ToString());
    }
}
