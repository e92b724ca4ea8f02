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
}
