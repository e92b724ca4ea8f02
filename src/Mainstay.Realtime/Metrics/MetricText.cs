using System.Globalization;
using System.Text;

namespace Mainstay.Realtime.Metrics;

/// <summary>
/// Figures in the text format of Prometheus, version 0.0.4. Each family is written at once, with its help and its type before its samples, as the format demands; the names of families and labels are
/// constants of the caller, values of labels are escaped.
/// </summary>
internal sealed class MetricText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>What only grows while the process lives; its name ends in <c>_total</c>.</summary>
    public MetricText Counter(string name, string help, double value) => Head(name, help, "counter").Sample(name, [], value);

    /// <summary>One sample for each value of a label.</summary>
    public MetricText Counter(string name, string help, string label, IEnumerable<(string Value, double Count)> samples) => Family(name, help, "counter", label, samples);

    /// <summary>What is so at this moment.</summary>
    public MetricText Gauge(string name, string help, double value) => Head(name, help, "gauge").Sample(name, [], value);

    /// <summary>One sample for each value of a label.</summary>
    public MetricText Gauge(string name, string help, string label, IEnumerable<(string Value, double Count)> samples) => Family(name, help, "gauge", label, samples);

    /// <summary>How often something was at most so much.</summary>
    public MetricText Histogram(string name, string help, MetricHistogram histogram)
    {
        Head(name, help, "histogram");
        var seen = histogram.Read();
        for (var i = 0; i < seen.Bounds.Length; i++)
        {
            Sample(name + "_bucket", [("le", Number(seen.Bounds[i]))], seen.AtMost[i]);
        }

        return Sample(name + "_bucket", [("le", "+Inf")], seen.Count).Sample(name + "_sum", [], seen.Sum).Sample(name + "_count", [], seen.Count);
    }

    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(_text.ToString());

    public override string ToString() => _text.ToString();

    private MetricText Family(string name, string help, string type, string label, IEnumerable<(string Value, double Count)> samples)
    {
        Head(name, help, type);
        foreach (var (value, count) in samples)
        {
            Sample(name, [(label, value)], count);
        }

        return this;
    }

    private MetricText Head(string name, string help, string type)
    {
        _text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    private MetricText Sample(string name, ReadOnlySpan<(string Name, string Value)> labels, double value)
    {
        _text.Append(name);
        for (var i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escaped(labels[i].Value)).Append('"');
        }

        _text.Append(labels.Length > 0 ? "} " : " ").Append(Number(value)).Append('\n');
        return this;
    }

    private static string Escaped(string value) =>
        value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
