namespace Mainstay.Cli.Output;

/// <summary>Breaks sentences at spaces.</summary>
internal static class Wrap
{
    /// <summary>Lines of at most <paramref name="width"/> characters; a longer word is cut. Never empty.</summary>
    public static List<string> Lines(string text, int width)
    {
        width = Math.Max(1, width);
        var lines = new List<string>();
        var rest = text.AsSpan().Trim();
        while (rest.Length > width)
        {
            var space = rest[..(width + 1)].LastIndexOf(' ');
            var cut = space > 0 ? space : width;
            lines.Add(rest[..cut].TrimEnd().ToString());
            rest = rest[cut..].TrimStart();
        }

        lines.Add(rest.ToString());
        return lines;
    }

    /// <summary>The text behind its lead; the lines that follow stand under the text's begin.</summary>
    public static List<string> Hanging(string lead, string text, int width)
    {
        var lines = Lines(text, width - lead.Length);
        for (var i = 0; i < lines.Count; i++)
        {
            lines[i] = (i == 0 ? lead : new string(' ', lead.Length)) + lines[i];
        }

        return lines;
    }
}
