using System.Text.Json;
using System.Text.Json.Nodes;
using Mainstay.Linux.Files;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Releases;

/// <summary>A build with dotnet finds the SDK that global.json asks for. A warning: what else decides it (DOTNET_ROOT, workloads) is not known here.</summary>
internal static class DotnetSdkCheck
{
    private static readonly EnumerationOptions s_flat = new() { IgnoreInaccessible = true };

    private static readonly JsonDocumentOptions s_commented = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static IEnumerable<Problem> Run(ReleaseFiles files, string folder, ServiceSpec spec, IHostFacts facts)
    {
        if (!spec.Rollout.Build.Any(c => c.Argv is ["dotnet", ..]) || Wanted(files, folder) is not { } wanted || SdkFolder(facts) is not { } sdks)
        {
            yield break;
        }

        // The preview's name is no part of what is compared.
        Version[] here = [.. Directory.EnumerateDirectories(sdks, "*", s_flat).Select(d => Parse(Path.GetFileName(d))).OfType<Version>().Order()];
        if (here.Length > 0 && !here.Any(h => Suffices(h, wanted.Version, wanted.RollForward)))
        {
            yield return ReleaseCodes.OtherSdkWanted.Warning(
                new Where(wanted.File, 0, 0, "sdk.version"),
                $"{wanted.File} asks for the .NET SDK {wanted.Version} (rollForward {wanted.RollForward}), but here are {string.Join(", ", here.AsEnumerable())}",
                "install it, or correct version or rollForward in global.json");
        }
    }

    /// <summary>As dotnet itself rolls forward.</summary>
    internal static bool Suffices(Version here, Version wanted, string rollForward)
    {
        var (sameMajor, sameMinor) = (here.Major == wanted.Major, here.Major == wanted.Major && here.Minor == wanted.Minor);
        return rollForward switch
        {
            "disable" => here == wanted,
            "patch" or "latestPatch" => here >= wanted && sameMinor && here.Build / 100 == wanted.Build / 100,
            "feature" or "latestFeature" => here >= wanted && sameMinor,
            "minor" or "latestMinor" => here >= wanted && sameMajor,
            "major" or "latestMajor" => here >= wanted,
            _ => true,
        };
    }

    private static (string File, Version Version, string RollForward)? Wanted(ReleaseFiles files, string folder)
    {
        for (var at = folder; at is not null && at.Length >= files.Root.Length; at = Path.GetDirectoryName(at))
        {
            var path = Path.Combine(at, "global.json");
            if (files.TextOf(path) is { } text)
            {
                return Sdk(text) is { } sdk && Parse(Text(sdk, "version")) is { } version
                    ? (files.Relative(path), version, Text(sdk, "rollForward") ?? "latestPatch")
                    : null;
            }
        }

        return null;
    }

    private static JsonObject? Sdk(string text) => ToolJson.Parse(text, s_commented)?["sdk"] as JsonObject;

    private static string? Text(JsonObject map, string key) => map[key] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static Version? Parse(string? text) => text is not null && Version.TryParse(text.Split('-')[0], out var version) && version.Build >= 0 ? version : null;

    private static string? SdkFolder(IHostFacts facts)
    {
        var program = facts.SearchPath.Split(':').Where(Path.IsPathRooted).Select(f => Path.Combine(f, "dotnet")).FirstOrDefault(p => facts.Look(p).Kind is FileKind.Regular);
        return program is not null && Path.Combine(Path.GetDirectoryName(LinkTarget.Of(program))!, "sdk") is var sdks && facts.Look(sdks).Kind is FileKind.Folder ? sdks : null;
    }
}
