using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mainstay.Testing;

namespace Mainstay.Bench.Report;

/// <summary>One line of a table: named values, in order.</summary>
internal sealed record Row(params (string Column, object? Value)[] Cells);

/// <summary>What a benchmark found: tables for people, the same values as JSON for programs.</summary>
internal sealed class BenchReport(string verb, string about)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string Title, List<Row> Rows)> _tables = [];
    private readonly List<string> _notes = [];

    public void Add(string title, IEnumerable<Row> rows) => _tables.Add((title, [.. rows]));

    public void Note(string note) => _notes.Add(note);

    public void Print(TextWriter to)
    {
        to.WriteLine(about);
        foreach (var (title, rows) in _tables)
        {
            to.WriteLine($"\n{title}\n");
            PrintTable(to, rows);
        }

        foreach (var note in _notes)
        {
            to.WriteLine($"\n{note}");
        }

        to.WriteLine();
    }

    /// <summary>Writes artifacts/bench/VERB.json and returns its path.</summary>
    public string Write()
    {
        var path = Path.Combine(Repository.Root(), "artifacts", "bench", $"{verb}.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var document = new
        {
            bench = verb,
            about,
            at = TimeProvider.System.GetUtcNow(),
            machine = Machine.Describe(),
            tables = _tables.Select(t => new { title = t.Title, rows = t.Rows.Select(r => r.Cells.ToDictionary(c => c.Column, c => c.Value)) }),
            notes = _notes,
        };
        File.WriteAllText(path, JsonSerializer.Serialize(document, Indented) + "\n");
        return path;
    }

    private static void PrintTable(TextWriter to, List<Row> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        string[][] lines = [[.. rows[0].Cells.Select(c => c.Column)], .. rows.Select(r => r.Cells.Select(c => Show(c.Value)).ToArray())];
        var widths = Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        Print(lines[0]);
        to.WriteLine($"|{string.Join('|', widths.Select(w => new string('-', w + 2)))}|");
        foreach (var line in lines[1..])
        {
            Print(line);
        }

        void Print(string[] line) => to.WriteLine($"| {string.Join(" | ", line.Select((cell, i) => cell.PadRight(widths[i])))} |");
    }

    private static string Show(object? value) => value switch
    {
        null => "-",
        double number => number.ToString(Math.Abs(number) >= 100 ? "0" : "0.0#", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
