namespace Mainstay.Bench.Report;

/// <summary>Repeated measurements of one thing. Shared machines disturb single values; the median and the extremes say by how much.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    public double Best => _values.Min();

    public double Worst => _values.Max();

    public double Median => At(0.5);

    public void Add(double value) => _values.Add(value);

    public double At(double share) => _values.Order().ElementAt((int)((_values.Count - 1) * share));

    public override string ToString() => $"{Best:0.0} / {Median:0.0} / {Worst:0.0}";
}
