using Mainstay.Linux.Files;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Services;

/// <summary>The program of a command, found as the kernel will find it, and the script that is its first argument.</summary>
internal static class ProgramCheck
{
    private static readonly HashSet<string> Interpreters = ["node", "nodejs", "bun", "python", "python3", "ruby", "perl", "php", "sh", "bash", "dotnet"];

    private static readonly HashSet<string> ScriptEndings = [".js", ".mjs", ".cjs", ".ts", ".py", ".rb", ".pl", ".php", ".sh", ".dll"];

    /// <param name="variables">The service's own; its PATH counts where it has one.</param>
    /// <param name="directoryIsThere">Whether what is named from the service's directory can be looked for.</param>
    public static void Run(ServiceCase service, IReadOnlyDictionary<string, string> variables, bool directoryIsThere, Findings findings)
    {
        var path = variables.GetValueOrDefault("PATH");
        if (service.Service.Kind is ServiceKind.Process && service.IsRead("command") && service.IsRead("shell"))
        {
            Check(new(service, service.Service.Command, service.Subject, directoryIsThere), path, findings);
        }

        if (service.Service.Healthcheck?.Probe is CommandProbeSpec probe && service.IsRead("healthcheck"))
        {
            Check(new(service, probe.Command, $"the healthcheck of {service.Subject}", directoryIsThere), path, findings);
        }

        foreach (var (key, command, what) in OfRollouts(service.Service.Rollout).Where(c => service.IsRead(c.Key)))
        {
            // They begin in a release, whose files are looked at when it is there.
            Check(new(service, command, $"{what} of {service.Subject}", DirectoryIsThere: false), path, findings);
        }
    }

    private static IEnumerable<(string Key, CommandSpec Command, string What)> OfRollouts(RolloutSpec rollout) =>
    [
        .. rollout.Build.Select(c => ("build", c, "the build")),
        .. rollout.Migrate is { Command: var migrate } ? [("migrate", migrate, "the migration")] : Array.Empty<(string, CommandSpec, string)>(),
        .. ((CommandSpec?[])[rollout.Backup?.Command, rollout.Backup?.Restore]).OfType<CommandSpec>().Select(c => ("backup", c, "the backup")),
        .. rollout.Deploy.Verify.Select(v => v.Probe).OfType<CommandProbeSpec>().Select(p => ("deploy", p.Command, "a check of new releases")),
    ];

    private static void Check(CommandCase command, string? declaredPath, Findings findings)
    {
        if (command.Spec.Shell || command.Spec.Argv.IsDefaultOrEmpty)
        {
            return;
        }

        var program = command.Spec.Argv[0];
        if (program.Contains('/') && command.CanLookFor(program))
        {
            CheckFile(command, command.Full(program), program, findings);
        }
        else if (!program.Contains('/') && command.KnowsPath)
        {
            CheckSearched(command, program, declaredPath, findings);
        }

        CheckScript(command, findings);
    }

    private static void CheckFile(CommandCase command, string path, string written, Findings findings)
    {
        var where = findings.At(command.Spec.Span);
        switch (command.Service.Host.Look(path).Kind)
        {
            case FileKind.Missing:
                findings.Error(HostCodes.ProgramMissing, where, $"{command.Subject} runs {written}, which does not exist", "build or install it, or correct the command; a relative path begins in the service's directory");
                break;

            case FileKind.Folder:
                findings.Error(HostCodes.ProgramNotExecutable, where, $"{command.Subject} runs {written}, which is a folder", "name the program in it");
                break;

            case FileKind.Regular or FileKind.Other or FileKind.Hidden:
                if (PathAccess.WhyNot(command.Service.Host, command.Service.User, path, Want.Execute) is { } whyNot)
                {
                    findings.Error(HostCodes.ProgramNotExecutable, where, $"{command.Subject} cannot run {written}: {whyNot}", $"chmod +x {path}, or let that user enter the folders above it");
                }

                break;
        }
    }

    private static void CheckSearched(CommandCase command, string program, string? declaredPath, Findings findings)
    {
        var searchPath = declaredPath ?? command.Service.Host.SearchPath;
        var entries = searchPath.Split(':').Where(e => e.Length > 0).ToArray();
        if (!entries.All(command.CanLookFor))
        {
            return;
        }

        var found = entries
            .Select(entry => Path.Combine(command.Directory, entry, program))
            .Where(path => command.Service.Host.Look(path).Kind is FileKind.Regular)
            .ToArray();
        if (found.Any(path => PathAccess.WhyNot(command.Service.Host, command.Service.User, path, Want.Execute) is null))
        {
            return;
        }

        var where = findings.At(command.Spec.Span);
        if (found.FirstOrDefault() is { } forbidden)
        {
            findings.Error(
                HostCodes.ProgramNotExecutable,
                where,
                $"{command.Subject} runs \"{program}\", found as {forbidden}: {PathAccess.WhyNot(command.Service.Host, command.Service.User, forbidden, Want.Execute)}",
                "install it where that user can execute it, for example under /usr/local/bin");
        }
        else
        {
            findings.Error(
                HostCodes.ProgramMissing,
                where,
                $"{command.Subject} runs \"{program}\", which is in none of the folders of {(declaredPath is null ? $"PATH ({searchPath})" : "the PATH that it declares")}",
                "install it, write its whole path, or set PATH in the service's environment");
        }
    }

    /// <summary>Only a warning: an interpreter may find it by rules of its own.</summary>
    private static void CheckScript(CommandCase command, Findings findings)
    {
        if (command.Spec.Argv is [var interpreter, var script, ..]
            && Interpreters.Contains(Path.GetFileName(interpreter))
            && ScriptEndings.Contains(Path.GetExtension(script))
            && !script.StartsWith('-')
            && command.CanLookFor(script)
            && command.Service.Host.Look(command.Full(script)).Kind is FileKind.Missing)
        {
            findings.Warn(
                HostCodes.ScriptMissing,
                findings.At(command.Spec.Span),
                $"{command.Subject} runs {script}, which does not exist in {ShownPath.Of(command.Service.Stack, command.Directory)}",
                "build it, or correct the command or the directory");
        }
    }

    /// <summary>A command of a service, and what it is called in a sentence.</summary>
    private sealed record CommandCase(ServiceCase Service, CommandSpec Spec, string Subject, bool DirectoryIsThere)
    {
        /// <summary>A relative path begins in the directory.</summary>
        public bool CanLookFor(string path) => DirectoryIsThere || Path.IsPathRooted(path);

        /// <summary>Whether the PATH of the service would be known if it declared one.</summary>
        public bool KnowsPath => Service.IsRead("env_file") && Service.UnreadVariables?.Contains("PATH") is false;

        public string Directory => Service.Service.Directory;

        /// <summary>Only of what <see cref="CanLookFor"/> allows: a directory within a release is relative.</summary>
        public string Full(string path) => Path.IsPathRooted(path) ? Path.GetFullPath(path) : Path.GetFullPath(path, Directory);
    }
}
