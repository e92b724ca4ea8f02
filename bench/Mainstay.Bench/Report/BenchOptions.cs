using System.Globalization;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.Bench.Report;

/// <summary>What the command line asked for. Null means the benchmark's own default.</summary>
internal sealed record BenchOptions
{
    public const string Usage = "[--count N] [--repeats N] [--seconds N] [--only a,b] [--parts a,b] [--large]";

    public int? Count { get; private init; }

    public int? Repeats { get; private init; }

    public int? Seconds { get; private init; }

    /// <summary>Names of the subjects to measure; empty means all.</summary>
    public IReadOnlyList<string> Only { get; private init; } = [];

    /// <summary>Beginnings of the tables to fill, of a benchmark that has several; empty means all.</summary>
    public IReadOnlyList<string> Parts { get; private init; } = [];

    /// <summary>Includes what takes an incumbent minutes.</summary>
    public bool Large { get; private init; }

    public static BenchOptions? Parse(ReadOnlySpan<string> args)
    {
        var options = new BenchOptions();
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--count": (options, i) = (options with { Count = Number(value) }, i + 1); break;
                case "--repeats": (options, i) = (options with { Repeats = Number(value) }, i + 1); break;
                case "--seconds": (options, i) = (options with { Seconds = Number(value) }, i + 1); break;
                case "--only": (options, i) = (options with { Only = value.Split(',') }, i + 1); break;
                case "--parts": (options, i) = (options with { Parts = value.Split(',') }, i + 1); break;
                case "--large": options = options with { Large = true }; break;
                default: return null;
            }
        }

        return options;
    }

    public bool Wants(string subject) => Only.Count == 0 || Only.Any(o => subject.Contains(o, StringComparison.OrdinalIgnoreCase));

    public bool WantsPart(string title) => Parts.Count == 0 || Parts.Any(p => title.StartsWith(p, StringComparison.OrdinalIgnoreCase));

    /// <summary>Mainstay is measured when it is built; the incumbents can be measured without it.</summary>
    public bool WantsMainstay()
    {
        if (!Wants("mainstay"))
        {
            return false;
        }

        try
        {
            return MainstayProgram.Path.Length > 0;
        }
        catch (HarnessException e)
        {
            Progress.Say($"Mainstay is left out: {e.Message}");
            return false;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>What the person who waits sees; on stderr, so that stdout holds the table alone.</summary>
internal static class Progress
{
    public static void Say(string line) => Console.Error.WriteLine($"  {line}");
}
