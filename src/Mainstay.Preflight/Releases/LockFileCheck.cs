using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Releases;

/// <summary>The dependencies that were tested are the ones that are installed: a lock file is there, and the build goes by it.</summary>
internal static class LockFileCheck
{
    private static readonly LockFile[] s_lockFiles =
    [
        new("package-lock.json", "npm", ["ci"], "npm ci"),
        new("npm-shrinkwrap.json", "npm", ["ci"], "npm ci"),
        new("yarn.lock", "yarn", ["--frozen-lockfile", "--immutable"], "yarn install --immutable (--frozen-lockfile before yarn 2)"),
        new("pnpm-lock.yaml", "pnpm", ["--frozen-lockfile"], "pnpm install --frozen-lockfile"),
        new("bun.lock", "bun", ["ci", "--frozen-lockfile"], "bun install --frozen-lockfile"),
        new("bun.lockb", "bun", ["ci", "--frozen-lockfile"], "bun install --frozen-lockfile"),
    ];

    private static readonly string[] s_otherPlace = ["-g", "--global", "global"];

    /// <param name="folder">Where package.json lies; a lock file may lie above it, in the root of its workspace.</param>
    public static IEnumerable<Problem> Run(ReleaseFiles files, NodePackage package, string folder, ImmutableArray<CommandSpec> build)
    {
        var found = Above(folder, files.Root).SelectMany(f => s_lockFiles.Select(l => (Lock: l, Path: Path.Combine(f, l.Name)))).FirstOrDefault(l => files.Exists(l.Path));
        if (found.Lock is null)
        {
            if (package.HasDependencies)
            {
                var shown = files.Relative(Path.Combine(folder, "package.json"));
                yield return ReleaseCodes.LockFileMissing.Warning(
                    new Where(shown, 0, 0, "dependencies"),
                    $"{shown} has dependencies, but there is no lock file, so that each build may install other versions",
                    "commit package-lock.json (made by npm install), and build with \"npm ci\"");
            }

            yield break;
        }

        foreach (var command in build.Where(c => Ignores(c.Argv, found.Lock)))
        {
            var shown = files.Relative(found.Path);
            yield return ReleaseCodes.LockFileNotHonoured.Warning(
                new Where(shown, 0, 0, command.Span.Path),
                $"the build runs \"{string.Join(' ', command.Argv.Take(2))}\", which may install other versions than {shown} says",
                $"write \"{found.Lock.Honoured}\" under \"build\"");
        }
    }

    private static bool Ignores(ImmutableArray<string> argv, LockFile file)
    {
        if (argv.IsDefaultOrEmpty || Path.GetFileName(argv[0]) != file.Tool || argv.Skip(1).Any(file.Honours.Contains) || argv.Any(s_otherPlace.Contains))
        {
            return false;
        }

        // With a name behind it, it installs a tool; "yarn" alone installs everything.
        string[] words = [.. argv.Skip(1).Where(a => !a.StartsWith('-'))];
        return words is ["install" or "i"] || (words is [] && file.Tool == "yarn");
    }

    private static IEnumerable<string> Above(string folder, string root)
    {
        for (var at = folder; at is not null && at.Length >= root.Length; at = Path.GetDirectoryName(at))
        {
            yield return at;
        }
    }

    /// <param name="Honours">Any of these words makes the tool go by the file.</param>
    private sealed record LockFile(string Name, string Tool, string[] Honours, string Honoured);
}
