using System.Net;
using System.Text;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Rollout.Reports;

/// <summary>A rollout's report as one HTML page that needs nothing else: no script, no image, no font.</summary>
public static class HtmlReport
{
    // The policy makes a mistake in escaping harmless: no script runs and nothing is loaded, whatever the page says.
    private const string Head = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="color-scheme" content="light dark">
        <title>@TITLE@</title>
        <style>
        :root { --ink: #1a1d21; --soft: #5c6670; --line: #d9dee3; --page: #ffffff; --tint: #f4f6f8; --good: #1a7f37; --bad: #b42318; --open: #9a6700; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --soft: #9aa4ad; --line: #353b42; --page: #14171a; --tint: #1d2125; --good: #4ac26b; --bad: #ff7b72; --open: #d4a72c; } }
        body { margin: 0 auto; padding: 1rem; max-width: 70rem; color: var(--ink); background: var(--page); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
        h1 { font-size: 1.5rem; border-left: .4rem solid var(--@TONE@); padding-left: .6rem; }
        h2 { font-size: 1.2rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
        h3 { font-size: 1rem; margin-bottom: .3rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
        th { color: var(--soft); font-weight: 600; }
        pre { background: var(--tint); padding: .6rem; overflow-x: auto; font-size: .85rem; }
        .title { color: var(--soft); margin: .8rem 0 0; }
        </style>
        </head>
        <body>

        """;

    public static string Of(RolloutRecord rollout)
    {
        var blocks = RolloutReport.Of(rollout);
        var text = new StringBuilder();
        text.Append(Head
            .Replace("@TONE@", Tone(rollout.Phase), StringComparison.Ordinal)
            .Replace("@TITLE@", Escape(((ReportBlock.Heading)blocks[0]).Text), StringComparison.Ordinal));
        foreach (var block in blocks)
        {
            Write(text, block);
        }

        return text.Append("</body>\n</html>\n").ToString();
    }

    internal static string Escape(string text) => WebUtility.HtmlEncode(PlainText.Of(text));

    private static string Tone(RolloutPhase phase) => phase switch
    {
        RolloutPhase.Succeeded => "good",
        RolloutPhase.Failed or RolloutPhase.RolledBack or RolloutPhase.Broken => "bad",
        RolloutPhase.Preparing or RolloutPhase.Rolling or RolloutPhase.Baking or RolloutPhase.Undoing => "open",
    };

    private static void Write(StringBuilder text, ReportBlock block)
    {
        switch (block)
        {
            case ReportBlock.Heading heading:
                text.Append($"<h{heading.Level}>{Escape(heading.Text)}</h{heading.Level}>\n");
                break;
            case ReportBlock.Paragraph paragraph:
                text.Append($"<p>{Escape(paragraph.Text)}</p>\n");
                break;
            case ReportBlock.Items items:
                text.Append("<ul>\n");
                foreach (var line in items.Lines)
                {
                    text.Append($"<li>{Escape(line)}</li>\n");
                }

                text.Append("</ul>\n");
                break;
            case ReportBlock.Code code:
                text.Append($"<p class=\"title\">{Escape(code.Title)}</p>\n<pre>").AppendJoin('\n', code.Lines.Select(Escape)).Append("</pre>\n");
                break;
            case ReportBlock.Table table:
                text.Append("<div class=\"wide\"><table>\n<tr>").AppendJoin("", table.Header.Select(h => $"<th>{Escape(h)}</th>")).Append("</tr>\n");
                foreach (var row in table.Rows)
                {
                    text.Append("<tr>").AppendJoin("", row.Select(c => $"<td>{Escape(c)}</td>")).Append("</tr>\n");
                }

                text.Append("</table></div>\n");
                break;
        }
    }
}
