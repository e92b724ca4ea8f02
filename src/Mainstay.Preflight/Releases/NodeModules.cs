using System.Text.Json.Nodes;

namespace Mainstay.Preflight.Releases;

/// <summary>Finds what require() would load, by the rules of Node.js, inside the release.</summary>
/// <param name="requiresEsModules">Whether this Node.js also looks for the condition module-sync.</param>
internal sealed class NodeModules(ReleaseFiles files, bool requiresEsModules)
{
    private const int DeepestExports = 8;

    private readonly string[] _conditions = requiresEsModules ? ["module-sync", "require", "node", "node-addons", "default"] : ["require", "node", "node-addons", "default"];

    private readonly Dictionary<string, NodePackage?> _packages = new(StringComparer.Ordinal);

    /// <summary>The file that a relative name means; null when there is none, or it is data.</summary>
    public string? Own(string fromFile, string name)
    {
        var path = Path.GetFullPath(name, Path.GetDirectoryName(fromFile)!);
        string[] tries = [path, path + ".js", path + ".cjs", path + ".mjs", Path.Combine(path, "index.js"), Path.Combine(path, "index.cjs")];
        return tries.FirstOrDefault(t => IsScript(t) && files.Exists(t));
    }

    /// <summary>Whether a file is an ES module: by its ending, else by the nearest package.json.</summary>
    public bool IsEsModule(string file) => Path.GetExtension(file) switch
    {
        ".mjs" => true,
        ".cjs" => false,
        ".js" => NearestPackage(file).IsEsModule,
        _ => false,
    };

    /// <summary>The file of a dependency that require() would load.</summary>
    /// <returns>Null for what is not installed or built in; of what is installed, whether only import may load it, and the file where there is one.</returns>
    public (bool ImportOnly, string? File)? Dependency(string fromFile, string name)
    {
        var parts = name.Split('/');
        var package = name.StartsWith('@') && parts.Length > 1 ? $"{parts[0]}/{parts[1]}" : parts[0];
        var below = name.Length > package.Length ? name[(package.Length + 1)..] : "";
        for (var folder = Path.GetDirectoryName(fromFile); folder is not null && folder.Length >= files.Root.Length; folder = Path.GetDirectoryName(folder))
        {
            var home = Path.Combine(folder, "node_modules", package);
            if (PackageIn(home) is { } found)
            {
                return found.Exports is { } exports ? Exported(home, exports, below) : (false, Unexported(home, found, below));
            }
        }

        return null;
    }

    private (bool ImportOnly, string? File) Exported(string home, JsonNode exports, string below)
    {
        var key = below.Length == 0 ? "." : $"./{below}";
        var isMap = exports is JsonObject map && map.Any(e => e.Key.StartsWith('.'));
        var entry = isMap ? exports[key] : below.Length == 0 ? exports : null;
        if (entry is null)
        {
            // A pattern, or nothing: what is exported by it is not followed here.
            return (false, null);
        }

        var target = Target(entry, _conditions, 0);
        return target is not null
            ? (false, Path.GetFullPath(target, home))
            : (Target(entry, ["import", "node", "default"], 0) is not null, null);
    }

    /// <summary>The first condition that applies wins, in the order of the file.</summary>
    private static string? Target(JsonNode? entry, string[] conditions, int depth) => entry switch
    {
        _ when depth > DeepestExports => null,
        JsonValue value when value.TryGetValue(out string? path) => path,
        JsonArray list => list.Select(item => Target(item, conditions, depth + 1)).FirstOrDefault(t => t is not null),
        JsonObject map => map.Where(e => conditions.Contains(e.Key)).Select(e => Target(e.Value, conditions, depth + 1)).FirstOrDefault(t => t is not null),
        _ => null,
    };

    private string? Unexported(string home, NodePackage package, string below)
    {
        var written = Path.Combine(home, below.Length == 0 ? package.Main ?? "index.js" : below);
        string[] tries = [written, written + ".js", Path.Combine(written, "index.js")];
        return tries.FirstOrDefault(t => IsScript(t) && files.Exists(t));
    }

    private NodePackage NearestPackage(string file)
    {
        for (var folder = Path.GetDirectoryName(file); folder is not null && folder.Length >= files.Root.Length; folder = Path.GetDirectoryName(folder))
        {
            if (PackageIn(folder) is { } package)
            {
                return package;
            }
        }

        return NodePackage.Empty;
    }

    private NodePackage? PackageIn(string folder)
    {
        if (!_packages.TryGetValue(folder, out var package))
        {
            _packages[folder] = package = files.TextOf(Path.Combine(folder, "package.json")) is { } text ? NodePackage.Parse(text) : null;
        }

        return package;
    }

    private static bool IsScript(string path) => Path.GetExtension(path) is ".js" or ".cjs" or ".mjs";
}
