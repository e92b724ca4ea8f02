using System.Globalization;
using System.Text.RegularExpressions;
using Mainstay.Linux.Files;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Model;

namespace Mainstay.Preflight.Releases;

/// <summary>Which Node.js a service gets, without running it: its headers lie beside it in every distribution of it, and say which it is.</summary>
public static partial class InstalledNode
{
    private const int MostHeaderBytes = 64 * 1024;

    /// <returns>Null when there is none, or it cannot be told.</returns>
    public static Version? VersionFor(ServiceSpec spec, IHostFacts facts)
    {
        var written = spec.Command is { Shell: false, Argv: [var first, ..] } && Path.IsPathRooted(first) && Path.GetFileName(first) is "node" or "nodejs" ? first : null;
        var searched = (spec.Environment.GetValueOrDefault("PATH") ?? facts.SearchPath).Split(':').Where(Path.IsPathRooted).Select(folder => Path.Combine(folder, "node"));
        return (written is null ? searched : [written]).Where(p => facts.Look(p).Kind is FileKind.Regular).Select(p => Of(p, facts)).FirstOrDefault();
    }

    private static Version? Of(string program, IHostFacts facts)
    {
        var header = Path.GetFullPath("../include/node/node_version.h", Path.GetDirectoryName(LinkTarget.Of(program))!);
        if (facts.Read(header, MostHeaderBytes).Text is not { } text)
        {
            return null;
        }

        var parts = LinePattern().Matches(text).DistinctBy(m => m.Groups[1].Value).ToDictionary(m => m.Groups[1].Value, m => int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
        return parts.TryGetValue("MAJOR", out var major) && parts.TryGetValue("MINOR", out var minor) && parts.TryGetValue("PATCH", out var patch) ? new Version(major, minor, patch) : null;
    }

    [GeneratedRegex(@"^#define NODE_(MAJOR|MINOR|PATCH)_VERSION ([0-9]{1,6})\s*$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex LinePattern();
}
