using System.Globalization;

namespace Mainstay.Bench.Report;

/// <summary>Repeated measurements of one thing. Shared machines disturb single values; the median and the extremes say by how much.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public double? Worst => At(1);

    public double? Median => At(0.5);

    public void Add(double value) => _values.Add(value);

    /// <summary>Null when nothing was measured.</summary>
    public double? At(double share) => _values.Count == 0 ? null : _values.Order().ElementAt((int)((_values.Count - 1) * share));

    /// <summary>Best, median and worst.</summary>
    public override string ToString() => _values.Count == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{At(0):0.0} / {Median:0.0} / {Worst:0.0}");
}
