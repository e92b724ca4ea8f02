using System.Text;

namespace Mainstay.Cli.Output;

/// <summary>A cell: its text and, apart from it, how it is painted, so that widths are counted without colour codes.</summary>
internal readonly record struct Cell(string Text, Func<string, string>? Paint = null)
{
    public static implicit operator Cell(string text) => new(text);

    public string Padded(int width, bool right)
    {
        var padded = Paint is null ? Text : Paint(Text);
        var gap = new string(' ', Math.Max(0, width - Text.Length));
        return right ? gap + padded : padded + gap;
    }
}

/// <summary>How a column is shown. Columns of a higher <paramref name="Dispensable"/> go first when the screen is narrow; 0 never goes.</summary>
internal readonly record struct Column(string Title, bool Right = false, int Dispensable = 0);

/// <summary>Aligned columns, and a last sentence that takes what width is left, or the next line when too little is.</summary>
internal sealed class TextTable(IReadOnlyList<Column> columns, string sentenceTitle)
{
    private const int Gap = 2;
    private const int NarrowestSentence = 30;
    private const int SentenceIndent = 4;

    /// <summary>Columns of this rank go also where they would fit, when that leaves room for the sentence.</summary>
    public const int MostDispensable = 7;

    private readonly List<(Cell[] Cells, string Sentence)> _rows = [];

    public void Add(Cell[] cells, string sentence) => _rows.Add((cells, sentence));

    /// <summary>Lines no longer than <paramref name="width"/>, unless the columns that cannot be dispensed with are wider.</summary>
    public List<string> Render(int width, Palette palette)
    {
        var widths = Widths();
        var shown = Shown(widths, width);
        var taken = Taken(shown, widths);
        if (width - taken < NarrowestSentence)
        {
            // The sentence beside its row is worth more than the column that is looked at least.
            var fewer = shown.Where(i => columns[i].Dispensable < MostDispensable).ToList();
            (shown, taken) = width - Taken(fewer, widths) >= NarrowestSentence ? (fewer, Taken(fewer, widths)) : (shown, taken);
        }

        var beside = width - taken >= NarrowestSentence;
        var lines = new List<string> { Header(shown, widths, beside, palette) };
        foreach (var (cells, sentence) in _rows)
        {
            var row = Join(shown, i => cells[i].Padded(widths[i], columns[i].Right));
            var wrapped = sentence.Length == 0 ? [] : Wrap.Lines(sentence, beside ? width - taken : width - SentenceIndent);
            if (!beside)
            {
                lines.Add(row.TrimEnd());
                lines.AddRange(wrapped.Select(line => new string(' ', SentenceIndent) + palette.Dim(line)));
                continue;
            }

            lines.Add((row + (wrapped.Count > 0 ? wrapped[0] : "")).TrimEnd());
            lines.AddRange(wrapped.Skip(1).Select(line => new string(' ', taken) + line));
        }

        return lines;
    }

    private string Header(List<int> shown, int[] widths, bool beside, Palette palette)
    {
        var titles = Join(shown, i => new Cell(columns[i].Title).Padded(widths[i], columns[i].Right));
        return palette.Dim((titles + (beside ? sentenceTitle : "")).TrimEnd());
    }

    private static string Join(List<int> shown, Func<int, string> cell)
    {
        var line = new StringBuilder();
        foreach (var i in shown)
        {
            line.Append(cell(i)).Append(' ', Gap);
        }

        return line.ToString();
    }

    private static int Taken(List<int> shown, int[] widths) => shown.Sum(i => widths[i] + Gap);

    private int[] Widths()
    {
        var widths = new int[columns.Count];
        for (var i = 0; i < widths.Length; i++)
        {
            widths[i] = columns[i].Title.Length;
            foreach (var (cells, _) in _rows)
            {
                widths[i] = Math.Max(widths[i], cells[i].Text.Length);
            }
        }

        return widths;
    }

    private List<int> Shown(int[] widths, int width)
    {
        var shown = Enumerable.Range(0, columns.Count).ToList();
        while (Taken(shown, widths) - Gap > width)
        {
            var next = shown.MaxBy(i => columns[i].Dispensable);
            if (columns[next].Dispensable == 0)
            {
                break;
            }

            shown.Remove(next);
        }

        return shown;
    }
}
