namespace Mainstay.Testing;

/// <summary>A page of the reference whose part between two marks is written from the code. MAINSTAY_ACCEPT=1 rewrites that part only.</summary>
public static class GeneratedPage
{
    private const string Begin = "<!-- begin: generated from the code by the tests -->\n";
    private const string End = "<!-- end -->";

    public static void Match(string generated, string page)
    {
        var path = Path.Combine(Repository.Root(), "docs/reference", page);
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end <= begin)
        {
            throw new GoldenMismatchException($"{page} lost its marks");
        }

        Golden.MatchFile(text[..(begin + Begin.Length)] + generated + text[end..], path);
    }
}
