using System.Collections.Immutable;
using Mainstay.Preflight.Host;
using Mainstay.Preflight.Releases;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Tests.Releases;

/// <summary>A release in a folder of its own, gone with the test.</summary>
internal sealed class TempRelease : IDisposable
{
    public static readonly Version Node18 = new(18, 20, 4);
    public static readonly Version Node22 = new(22, 12, 0);

    /// <summary>This host, but for its programs: which Node.js it has is for the tests to say.</summary>
    public static LinuxHostFacts NoPrograms { get; } = new("/nonexistent");

    private readonly string _root = Directory.CreateTempSubdirectory("mainstay-release-").FullName;

    public string Root => _root;

    public TempRelease With(string path, string text = "")
    {
        var full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return this;
    }

    /// <summary>The problems of a service with a source and these lines.</summary>
    public ImmutableArray<Problem> Check(Version? node, bool built, params ReadOnlySpan<string> lines) =>
        ReleaseCheck.Run(_root, Service(lines), NoPrograms, node, built);

    public ImmutableArray<Problem> Check(params ReadOnlySpan<string> lines) => Check(null, built: false, lines);

    public static ServiceSpec Service(params ReadOnlySpan<string> lines)
    {
        var own = lines.ToArray();
        var command = own.Any(l => l.StartsWith("command:", StringComparison.Ordinal)) ? "" : "    command: [ /bin/true ]\n";
        return Shop.Stack($"stack: shop\nservices:\n  api:\n    source: {{ git: . }}\n{command}{string.Concat(own.Select(l => $"    {l}\n"))}").Stack.Services[0];
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
