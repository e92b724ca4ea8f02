using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace Mainstay.Cli.Init;

/// <summary>What a folder seems to hold: enough for a first manifest.</summary>
/// <param name="Name">A valid stack and service name.</param>
/// <param name="Port">As the manifest has it: <c>auto</c>, or a number for programs that do not read PORT.</param>
/// <param name="Found">One sentence: what was seen.</param>
/// <param name="Before">What has to be done before the first start, or null.</param>
internal sealed record ProjectSketch(string Name, ImmutableArray<string> Command, string Port, ImmutableArray<(string Name, string Value)> Environment, string Found, string? Before)
{
    private const int MaxName = 40;
    private static readonly SearchValues<char> NeedsShell = SearchValues.Create("&|;<>$\"'");

    public static ProjectSketch Of(string folder) => Node(folder) ?? DotNet(folder) ?? Python(folder) ?? Unknown(folder);

    private static ProjectSketch? Node(string folder)
    {
        var package = Path.Combine(folder, "package.json");
        if (!File.Exists(package))
        {
            return Script(folder);
        }

        var (name, start, main) = Package(package);
        var before = Directory.Exists(Path.Combine(folder, "node_modules")) ? null : "npm ci";
        var words = start?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (words is ["node", ..] && !start!.AsSpan().ContainsAny(NeedsShell))
        {
            // npm would stand between us and the program, and pass signals on late or not at all.
            return new(Safe(name ?? folder), [.. words], "auto", [], "package.json, whose start script runs node", before);
        }

        if (start is not null)
        {
            return new(Safe(name ?? folder), ["npm", "run", "start"], "auto", [], "package.json with a start script", before);
        }

        var file = main is not null && File.Exists(Path.Combine(folder, main)) ? main : ScriptName(folder);
        return file is null ? null : new(Safe(name ?? folder), ["node", file], "auto", [], $"package.json and {file}", before);
    }

    private static ProjectSketch? Script(string folder) =>
        ScriptName(folder) is { } file ? new(Safe(folder), ["node", file], "auto", [], file, null) : null;

    private static string? ScriptName(string folder)
    {
        foreach (var name in (ReadOnlySpan<string>)["server.js", "server.mjs", "app.js", "index.js", "main.js"])
        {
            if (File.Exists(Path.Combine(folder, name)))
            {
                return name;
            }
        }

        return null;
    }

    private static (string? Name, string? Start, string? Main) Package(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var root = document.RootElement;
            var start = root.TryGetProperty("scripts", out var scripts) && scripts.ValueKind is JsonValueKind.Object ? Text(scripts, "start") : null;
            return (Text(root, "name"), start, Text(root, "main"));
        }
        catch (Exception e) when (e is JsonException or IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            // A package.json that cannot be read still says that this is a Node program.
            return (null, null, null);
        }

        static string? Text(JsonElement of, string key) => of.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
    }

    private static ProjectSketch? DotNet(string folder)
    {
        var project = Directory.EnumerateFiles(folder, "*.csproj").Order(StringComparer.Ordinal).FirstOrDefault();
        if (project is null)
        {
            return null;
        }

        var name = Path.GetFileNameWithoutExtension(project);
        return new(
            Safe(name),
            ["dotnet", $"out/{name}.dll"],
            "5000",
            [("ASPNETCORE_URLS", "http://127.0.0.1:5000")],
            Path.GetFileName(project),
            "dotnet publish -c Release -o out");
    }

    private static ProjectSketch? Python(string folder)
    {
        if (File.Exists(Path.Combine(folder, "manage.py")))
        {
            return new(Safe(folder), ["python3", "manage.py", "runserver", "--noreload", "127.0.0.1:8000"], "8000", [("PYTHONUNBUFFERED", "1")], "manage.py; for production take gunicorn or uvicorn", null);
        }

        foreach (var name in (ReadOnlySpan<string>)["app.py", "main.py", "server.py"])
        {
            if (File.Exists(Path.Combine(folder, name)))
            {
                return new(Safe(folder), ["python3", name], "auto", [("PYTHONUNBUFFERED", "1")], name, null);
            }
        }

        return null;
    }

    private static ProjectSketch Unknown(string folder) =>
        new(Safe(folder), ["./start"], "auto", [], "nothing that is known here: change the command", null);

    /// <summary>The last part of a path or package name, as a name that the manifest takes.</summary>
    private static string Safe(string name)
    {
        Span<char> safe = stackalloc char[MaxName];
        var length = 0;
        foreach (var c in Path.GetFileName(Path.TrimEndingDirectorySeparator(name)))
        {
            var lower = char.ToLowerInvariant(c);
            var letter = char.IsAsciiLetterLower(lower);
            if (length == MaxName || (length == 0 && !letter))
            {
                continue;
            }

            safe[length++] = letter || char.IsAsciiDigit(lower) ? lower : '-';
        }

        var trimmed = safe[..length].TrimEnd('-');
        return trimmed.Length == 0 ? "app" : trimmed.ToString();
    }
}
