using System.Collections.Immutable;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Verification;

/// <summary>What a process of a service must look like when it runs its release.</summary>
/// <param name="Root">The release's root, links followed; null for a service without a source.</param>
/// <param name="Directory">Where it must work, links followed.</param>
/// <param name="Program">What its command's program stands for; null when there is none any more.</param>
/// <param name="Environment">Declared variables.</param>
public sealed record ExpectedProcess(
    ServiceName Service, string Release, string? Root, string Directory, CommandSpec Command, ProgramSight? Program, ImmutableSortedDictionary<string, string> Environment)
{
    /// <param name="root">The release's directory; null for a service without a source.</param>
    /// <param name="hostPath">PATH that the process gets when it declares none.</param>
    public static ExpectedProcess Of(AppliedService applied, string? root, string hostPath, IProcessFacts facts) => new(
        applied.Spec.Name,
        applied.Release,
        root is null ? null : RealPath.Of(root) ?? root,
        RealPath.Of(applied.Spec.Directory) ?? applied.Spec.Directory,
        applied.Spec.Command,
        facts.Resolve(applied.Spec.Command.Shell ? "/bin/sh" : applied.Spec.Command.Argv[0], applied.Spec.Directory, applied.Environment.GetValueOrDefault("PATH", hostPath)),
        applied.Environment);
}

/// <summary>An argument that names a file, and where it leads.</summary>
/// <param name="RealPath">Links followed.</param>
public sealed record FileArgument(string Argument, string RealPath)
{
    private const int Most = 100;

    /// <summary>Those of the command as declared and as the kernel shows it; looked up on the disk.</summary>
    public static ImmutableArray<FileArgument> Of(ExpectedProcess expected, ProcessSight sight)
    {
        IEnumerable<string> declared = expected.Command.Shell
            ? expected.Command.Argv.SelectMany(a => a.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)).Select(w => w.Trim('"', '\''))
            : expected.Command.Argv;
        return
        [
            .. declared.Concat(sight.Arguments)
                .Where(a => a.Length is > 0 and < 4096 && !a.StartsWith('-') && !a.Contains('\0'))
                .Distinct(StringComparer.Ordinal)
                .Take(Most)
                .Select(a => (Argument: a, Path: Path.Combine(expected.Directory, a)))
                .Where(a => (a.Argument.Contains('/') || a.Argument.Contains('.')) && Path.Exists(a.Path))
                .Select(a => new FileArgument(a.Argument, Releases.RealPath.Of(a.Path) ?? a.Path)),
        ];
    }
}
