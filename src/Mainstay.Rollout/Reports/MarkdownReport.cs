using System.Text;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Rollout.Reports;

/// <summary>A rollout's report as Markdown.</summary>
public static class MarkdownReport
{
    private const string Special = "\\`*_{}[]#|!~$";

    public static string Of(RolloutRecord rollout)
    {
        var text = new StringBuilder();
        foreach (var block in RolloutReport.Of(rollout))
        {
            Write(text, block);
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>Text that Markdown leaves as it is, HTML in it included: no link, no image, no emphasis, no new line.</summary>
    internal static string Escape(string raw)
    {
        var text = new StringBuilder();
        var plain = PlainText.Of(raw).Trim();
        foreach (var (index, c) in plain.Index())
        {
            text.Append(c switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",

                '@' when IsAddress(plain, index) => "&#64;",
                _ when Special.Contains(c) => $"\\{c}",
                _ => c.ToString(),
            });
        }

        // So do these; and some signs begin a list, a heading or a rule when they come first.
        text.Replace("://", "&#58;//").Replace("www.", "www&#46;").Replace("WWW.", "WWW&#46;");
        var line = text.ToString();
        return line.Length > 0 && (line[0] is '-' or '+' or '=' || (char.IsAsciiDigit(line[0]) && StartsList(line))) ? $"&#{(int)line[0]};{line[1..]}" : line;
    }

    /// <summary>A bare address of mail becomes a link by itself, and a name behind the sign calls somebody; <c>ana@build</c> is neither.</summary>
    private static bool IsAddress(string text, int at) =>
        at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1]) || text.AsSpan(at) is var rest && rest[..(rest.IndexOf(' ') is > 0 and var end ? end : rest.Length)].Contains('.');

    private static bool StartsList(string line) => line.TrimStart("0123456789".ToCharArray()) is ['.' or ')'] or ['.' or ')', ' ', ..];

    private static void Write(StringBuilder text, ReportBlock block)
    {
        switch (block)
        {
            case ReportBlock.Heading heading:
                text.Append('#', heading.Level).Append(' ').Append(Escape(heading.Text)).Append("\n\n");
                break;
            case ReportBlock.Paragraph paragraph:
                text.Append(Escape(paragraph.Text)).Append("\n\n");
                break;
            case ReportBlock.Items items:
                foreach (var line in items.Lines)
                {
                    text.Append("- ").Append(Escape(line)).Append('\n');
                }

                text.Append('\n');
                break;
            case ReportBlock.Code code:
                WriteCode(text, code);
                break;
            case ReportBlock.Table table:
                text.Append("| ").AppendJoin(" | ", table.Header.Select(Escape)).Append(" |\n|").Insert(text.Length, "---|", table.Header.Length).Append('\n');
                foreach (var row in table.Rows)
                {
                    text.Append("| ").AppendJoin(" | ", row.Select(Escape)).Append(" |\n");
                }

                text.Append('\n');
                break;
        }
    }

    private static void WriteCode(StringBuilder text, ReportBlock.Code code)
    {
        var lines = code.Lines.Select(PlainText.Of).ToArray();

        // A fence ends a block only if it is at least as long as the one that began it.
        var longest = lines.Select(l => l.Split(l.Where(c => c != '`').Distinct().ToArray()).Max(run => run.Length)).DefaultIfEmpty(0).Max();
        var fence = new string('`', Math.Max(3, longest + 1));
        text.Append(Escape(code.Title)).Append(":\n\n").Append(fence).Append("text\n");
        foreach (var line in lines)
        {
            text.Append(line).Append('\n');
        }

        text.Append(fence).Append("\n\n");
    }
}
