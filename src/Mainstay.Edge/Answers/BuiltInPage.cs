using System.Net;
using System.Text;

namespace Mainstay.Edge.Answers;

/// <summary>The page people see when no application could answer. It needs nothing from outside itself, and follows the reader's light or dark.</summary>
internal static class BuiltInPage
{
    private const string Waiting = """<path class="turn" d="M21 12a9 9 0 1 1-3.2-6.9M21 3v5h-5"/>""";
    private const string Clock = """<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.2 2"/>""";
    private const string Broken = """<path d="M9 7H7a5 5 0 0 0 0 10h2M15 7h2a5 5 0 0 1 3.5 8.5M8 12h3M3.5 3.5l17 17"/>""";
    private const string Lost = """<circle cx="11" cy="11" r="7"/><path d="m20.5 20.5-4.4-4.4M8.8 8.8l4.4 4.4m0-4.4-4.4 4.4"/>""";
    private const string Wrong = """<path d="M10.3 4.2 2.6 17.5A2 2 0 0 0 4.3 20.5h15.4a2 2 0 0 0 1.7-3L13.7 4.2a2 2 0 0 0-3.4 0ZM12 9.5v4m0 3.4v.1"/>""";

    private static readonly string Template = ReadTemplate();

    public static byte[] Render(EdgeVerdict verdict, string correlation)
    {
        var (icon, light, dark) = verdict.Status switch
        {
            503 => (Waiting, "#1f6feb", "#6cb0ff"),
            504 or 408 or 429 => (Clock, "#a55b00", "#f0b35c"),
            502 => (Broken, "#b3402a", "#ff9580"),
            404 => (Lost, "#52606d", "#a9b8c7"),
            _ => (Wrong, "#b3402a", "#ff9580"),
        };
        var extra = verdict.Status switch
        {
            503 => """<div class="bar" role="progressbar" aria-label="Waiting for the service"><i></i></div>""",
            502 or 504 => """<a href="">Try again</a>""",
            _ => "",
        };
        return Encoding.UTF8.GetBytes(new StringBuilder(Template)
            .Replace("{icon}", icon)
            .Replace("{light}", light)
            .Replace("{dark}", dark)
            .Replace("{extra}", extra)
            .Replace("{status}", verdict.Status.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .Replace("{title}", WebUtility.HtmlEncode(verdict.Title))
            .Replace("{advice}", WebUtility.HtmlEncode(verdict.Advice))
            .Replace("{correlation}", WebUtility.HtmlEncode(correlation))
            .ToString());
    }

    private static string ReadTemplate()
    {
        using var stream = typeof(BuiltInPage).Assembly.GetManifestResourceStream("page.html")
            ?? throw new InvalidOperationException("page.html is not in the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
