using Mainstay.Testing;

namespace Mainstay.Architecture.Tests;

internal sealed record SourceFile(string Path, string Text)
{
    public int Lines => Text.Count(c => c == '\n');
}

internal static class SourceFiles
{
    public static IEnumerable<SourceFile> Product() => Under("src");

    public static IEnumerable<SourceFile> All() => Under("src").Concat(Under("tests")).Concat(Under("bench"));

    private static IEnumerable<SourceFile> Under(string folder)
    {
        var root = Path.Combine(Repository.Root(), folder);
        return Directory.Exists(root)
            ? Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                .Where(p => !p.Contains("/obj/", StringComparison.Ordinal) && !p.Contains("/bin/", StringComparison.Ordinal))
                .Select(p => new SourceFile(p, File.ReadAllText(p)))
            : [];
    }
}
