using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mainstay.Rollout.Sources;

/// <summary>Which packages a source names, as far as its files tell plainly. Read for the report only: what cannot be read is left out.</summary>
internal static partial class DependencyFiles
{
    private const int MostFiles = 200;
    private const long MostBytes = 32 << 20;

    public static ImmutableSortedDictionary<string, string> Read(string directory, IEnumerable<string> paths)
    {
        string[] all = [.. paths.Where(p => IsKnown(p, directory)).Take(MostFiles)];

        // A lock file says what is installed; the wishes beside it would only say it again.
        var locked = all.Where(p => Path.GetFileName(p) == "package-lock.json").Select(Folder).ToHashSet(StringComparer.Ordinal);
        string[] files = [.. all.Where(p => Path.GetFileName(p) != "package.json" || !locked.Contains(Folder(p)))];
        var found = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var prefix = files.Length > 1 && Folder(file).Length > 0 ? $"{Folder(file)}: " : "";
            foreach (var (name, version) in Packages(Path.Combine(directory, file)))
            {
                found[prefix + name] = version;
            }
        }

        return found.ToImmutable();
    }

    private static bool IsKnown(string path, string directory) =>
        (Path.GetFileName(path) is "package-lock.json" or "package.json" or "requirements.txt" || path.EndsWith(".csproj", StringComparison.Ordinal))
        && new FileInfo(Path.Combine(directory, path)) is { LinkTarget: null, Exists: true, Length: < MostBytes };

    private static string Folder(string path) => Path.GetDirectoryName(path) ?? "";

    private static List<(string Name, string Version)> Packages(string file)
    {
        try
        {
            var text = File.ReadAllText(file);
            return Path.GetFileName(file) switch
            {
                "package-lock.json" => Locked(text),
                "package.json" => Wished(text),
                "requirements.txt" => [.. Requirement().Matches(text).Select(m => (m.Groups["name"].Value, m.Groups["version"].Value.Trim()))],
                _ => [.. PackageReference().Matches(text).Select(m => (m.Groups["name"].Value, m.Groups["version"].Value))],
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>Versions 2 and 3 list <c>packages</c> by their place, version 1 <c>dependencies</c> by name.</summary>
    private static List<(string, string)> Locked(string text)
    {
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        const string modules = "node_modules/";
        if (root.TryGetProperty("packages", out var packages))
        {
            return [.. packages.EnumerateObject().Where(p => p.Name.StartsWith(modules, StringComparison.Ordinal)).Select(p => (p.Name[modules.Length..], Version(p.Value)))];
        }

        return root.TryGetProperty("dependencies", out var old) ? [.. old.EnumerateObject().Select(p => (p.Name, Version(p.Value)))] : [];
    }

    private static List<(string, string)> Wished(string text)
    {
        using var document = JsonDocument.Parse(text);
        var found = new List<(string, string)>();
        foreach (var section in (string[])["dependencies", "devDependencies", "optionalDependencies"])
        {
            if (document.RootElement.TryGetProperty(section, out var packages))
            {
                found.AddRange(packages.EnumerateObject().Select(p => (p.Name, p.Value.GetString() ?? "?")));
            }
        }

        return found;
    }

    private static string Version(JsonElement package) =>
        package.ValueKind is JsonValueKind.Object && package.TryGetProperty("version", out var version) ? version.GetString() ?? "?" : "?";

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]\n]*\])?[ \t]*(?<version>(===|==|~=|>=|<=|!=|>|<)[^#;\n]*)", RegexOptions.Multiline)]
    private static partial Regex Requirement();

    [GeneratedRegex("<PackageReference\\s+Include=\"(?<name>[^\"]+)\"\\s+Version=\"(?<version>[^\"]+)\"")]
    private static partial Regex PackageReference();
}
