using System.Text.RegularExpressions;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Releases;

/// <summary>
/// A CommonJS file that requires what may only be imported: the process dies at its start with ERR_REQUIRE_ESM. Only code that the
/// command reaches is held against it; where that is not known, every file is, as a warning.
/// </summary>
internal static partial class ModuleFormatCheck
{
    /// <summary>Files that are followed from the entry; more is no service but a bundle of its dependencies.</summary>
    private const int MostFollowed = 5_000;

    private const int LongestLine = 1_000;

    /// <param name="entry">Full path of the file that the command runs; null when it is not known.</param>
    /// <param name="node">Null when it is not known.</param>
    public static IEnumerable<Problem> Run(ReleaseFiles files, string? entry, Version? node)
    {
        var modules = new NodeModules(files, node is not null && NodeVersion.RequiresEsModules(node));
        var texts = entry is null
            ? files.TextsOf(f => Path.GetExtension(f.Path) is ".js" or ".cjs").Select(f => (f.File.FullPath, f.Text))
            : Reached(files, modules, entry);
        foreach (var (file, text) in texts.Where(t => !modules.IsEsModule(t.FullPath)))
        {
            foreach (var (name, line) in Required(text).DistinctBy(r => r.Name))
            {
                if (Fault(files, modules, file, name, node) is { } fault)
                {
                    yield return new Problem(
                        ReleaseCodes.RequiresEsModule.Id,
                        entry is not null && node is not null ? Severity.Error : Severity.Warning,
                        new Where(files.Relative(file), line, 1, ""),
                        $"{files.Relative(file)} is CommonJS and requires \"{name}\", {fault}",
                        $"load it by \"await import('{name}')\", use a version of \"{name}\" that has CommonJS, or let the build make ES modules");
                }
            }
        }
    }

    private static string? Fault(ReleaseFiles files, NodeModules modules, string file, string name, Version? node)
    {
        if (modules.Dependency(file, name) is not { } found)
        {
            return null;
        }

        var version = node is null ? "Node.js before 20.19 and 22.12" : $"Node.js {node}";
        if (found.ImportOnly)
        {
            return "which exports nothing for require (ERR_PACKAGE_PATH_NOT_EXPORTED)";
        }

        if (found.File is not { } target || !modules.IsEsModule(target))
        {
            return null;
        }

        if (node is null || !NodeVersion.RequiresEsModules(node))
        {
            return $"which is an ES module only: {version} refuses that (ERR_REQUIRE_ESM)";
        }

        return files.TextOf(target) is { } text && TopLevelAwaitPattern().IsMatch(text)
            ? $"which is an ES module with an await at its top level: {version} refuses that (ERR_REQUIRE_ASYNC_MODULE)"
            : null;
    }

    private static IEnumerable<(string FullPath, string Text)> Reached(ReleaseFiles files, NodeModules modules, string entry)
    {
        var (waiting, seen) = (new Queue<string>([entry]), new HashSet<string>(StringComparer.Ordinal) { entry });
        while (waiting.TryDequeue(out var file))
        {
            if (files.TextOf(file) is not { } text)
            {
                continue;
            }

            yield return (file, text);
            foreach (var name in Required(text).Select(r => r.Name).Concat(ImportPattern().Matches(text).Select(m => m.Groups[1].Value)).Where(n => n.StartsWith('.')))
            {
                if (modules.Own(file, name) is { } next && seen.Count < MostFollowed && seen.Add(next))
                {
                    waiting.Enqueue(next);
                }
            }
        }
    }

    /// <summary>Names and lines. What stands behind // or in a line of a block comment is passed over.</summary>
    private static IEnumerable<(string Name, int Line)> Required(string text)
    {
        var line = 0;
        foreach (var each in text.Split('\n'))
        {
            line++;
            if (each.Contains("require", StringComparison.Ordinal))
            {
                foreach (var match in RequirePattern().Matches(each).Where(m => !IsComment(each.AsSpan(0, m.Index))))
                {
                    yield return (match.Groups[1].Value, line);
                }
            }
        }
    }

    private static bool IsComment(ReadOnlySpan<char> before)
    {
        // No line of people is as long; one of a bundler has no comments, and thousands of calls.
        if (before.Length > LongestLine)
        {
            return false;
        }

        var trimmed = before.TrimStart();
        return trimmed.StartsWith("//") || trimmed.StartsWith("*") || trimmed.StartsWith("/*") || trimmed.IndexOf(" //") >= 0;
    }

    [GeneratedRegex(@"(?<![\w.$])require\(\s*['""]([^'""\s]+)['""]\s*\)", RegexOptions.CultureInvariant)]
    private static partial Regex RequirePattern();

    [GeneratedRegex(@"(?:\bfrom|\bimport)\s*\(?\s*['""](\.[^'""\s]+)['""]", RegexOptions.CultureInvariant)]
    private static partial Regex ImportPattern();

    [GeneratedRegex(@"^(?:(?:export\s+)?(?:const|let|var)\s+[^=\n]+=\s*)?await[\s(]", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex TopLevelAwaitPattern();
}
