using System.Globalization;

namespace Mainstay.Edge.Answers;

/// <summary>Whether somebody who asks wants a page or a document, from Accept alone.</summary>
internal static class Acceptable
{
    /// <summary>HTML only when it is asked for by name and not less than JSON; <c>*/*</c> (curl, fetch) gets JSON.</summary>
    public static bool PrefersHtml(ReadOnlySpan<char> accept)
    {
        var (html, json) = (0d, 0d);
        foreach (var range in accept.Split(','))
        {
            var entry = accept[range].Trim();
            var semicolon = entry.IndexOf(';');
            var type = (semicolon < 0 ? entry : entry[..semicolon]).TrimEnd();
            var quality = semicolon < 0 ? 1d : Quality(entry[semicolon..]);
            if (type.Equals("text/html", StringComparison.OrdinalIgnoreCase) || type.Equals("application/xhtml+xml", StringComparison.OrdinalIgnoreCase))
            {
                html = Math.Max(html, quality);
            }
            else if (type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
            {
                json = Math.Max(json, quality);
            }
        }

        return html > 0 && html >= json;
    }

    private static double Quality(ReadOnlySpan<char> parameters)
    {
        var at = parameters.IndexOf("q=", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return 1;
        }

        var value = parameters[(at + 2)..];
        var end = value.IndexOf(';');
        return double.TryParse(end < 0 ? value : value[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality) ? quality : 0;
    }
}
