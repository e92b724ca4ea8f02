using System.Collections.Immutable;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Releases;

/// <summary>What can be seen in a release's files before anything of it runs. Reads, runs nothing, changes nothing; places are relative to the release's root.</summary>
public static class ReleaseCheck
{
    /// <param name="root">The release's root, absolute.</param>
    /// <param name="node">The version of the Node.js that runs it; null to look for it. When it cannot be told, nothing is an error that depends on it.</param>
    /// <param name="built">The build is done, so that what is missing now stays missing, and its output and dependencies are there to be looked at.</param>
    public static ImmutableArray<Problem> Run(string root, ServiceSpec spec, IHostFacts facts, Version? node = null, bool built = false, ReleaseLimits? limits = null)
    {
        node ??= InstalledNode.VersionFor(spec, facts);
        var files = new ReleaseFiles(root, facts, limits ?? new ReleaseLimits());
        var folder = Path.GetFullPath(spec.Directory, files.Root);
        var home = HomeOfPackage(files, folder);
        var manifest = Path.Combine(home ?? folder, "package.json");
        var package = home is null ? NodePackage.Empty : NodePackage.Parse(files.TextOf(manifest));
        var entry = EntryFile.Of(spec, package, folder);
        var found = ImmutableArray.CreateBuilder<Problem>();
        if (entry is not null)
        {
            found.AddRange(EntryFile.Check(entry, spec, files, built));
        }

        if (home is not null)
        {
            found.AddRange(NodeEngineCheck.Run(package, files.Relative(manifest), node));
            found.AddRange(LockFileCheck.Run(files, package, home, spec.Rollout.Build));
        }

        found.AddRange(DotnetSdkCheck.Run(files, folder, spec, facts));

        // Another interpreter's entry says that Node.js is not what runs here. Before the build neither its output nor its dependencies are there.
        if ((entry is null or { IsNode: true }) && (built || spec.Rollout.Build.IsEmpty))
        {
            found.AddRange(ModuleFormatCheck.Run(files, entry is not null && files.Exists(entry.Path) ? entry.Path : null, node));
        }

        found.AddRange(SecretScan.Run(files));
        if (files.IsCut)
        {
            found.Add(ReleaseCodes.NotAllLookedAt.Warning(
                new Where(Path.GetFileName(files.Root), 0, 0, ""),
                $"the release of service \"{spec.Name}\" has more files than are looked at, so that keys and tokens may have been missed",
                "keep what is no source out of it: data, builds, downloads"));
        }

        return found.ToImmutable();
    }

    /// <summary>The nearest folder with a package.json, from the service's own up to the root.</summary>
    private static string? HomeOfPackage(ReleaseFiles files, string folder)
    {
        for (var at = folder; at is not null && at.Length >= files.Root.Length; at = Path.GetDirectoryName(at))
        {
            if (files.Exists(Path.Combine(at, "package.json")))
            {
                return at;
            }
        }

        return null;
    }
}
