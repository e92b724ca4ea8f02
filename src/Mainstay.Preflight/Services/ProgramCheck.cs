using Mainstay.Linux.Files;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Services;

/// <summary>The program of a command, found as the kernel will find it, and the script that is its first argument.</summary>
internal static class ProgramCheck
{
    private static readonly HashSet<string> Interpreters = ["node", "nodejs", "bun", "python", "python3", "ruby", "perl", "php", "sh", "bash", "dotnet"];

    private static readonly HashSet<string> ScriptEndings = [".js", ".mjs", ".cjs", ".ts", ".py", ".rb", ".pl", ".php", ".sh", ".dll"];

    /// <param name="variables">The service's own; its PATH counts where it has one.</param>
    public static void Run(ServiceCase service, IReadOnlyDictionary<string, string> variables, Findings findings)
    {
        var command = service.Service.Command;
        if (command.Shell || command.Argv.IsDefaultOrEmpty)
        {
            return;
        }

        var program = command.Argv[0];
        if (program.Contains('/'))
        {
            CheckFile(service, Path.GetFullPath(program, service.Service.Directory), program, findings);
        }
        else
        {
            CheckSearched(service, program, variables.GetValueOrDefault("PATH"), findings);
        }

        CheckScript(service, findings);
    }

    private static void CheckFile(ServiceCase service, string path, string written, Findings findings)
    {
        var where = findings.At(service.Service.Command.Span);
        switch (service.Host.Look(path).Kind)
        {
            case FileKind.Missing:
                findings.Error(HostCodes.ProgramMissing, where, $"{service.Subject} runs {written}, which does not exist", "build or install it, or correct the command; a relative path begins in the service's directory");
                break;

            case FileKind.Folder:
                findings.Error(HostCodes.ProgramNotExecutable, where, $"{service.Subject} runs {written}, which is a folder", "name the program in it");
                break;

            case FileKind.Regular or FileKind.Other or FileKind.Hidden:
                if (PathAccess.WhyNot(service.Host, service.User, path, Want.Execute) is { } whyNot)
                {
                    findings.Error(HostCodes.ProgramNotExecutable, where, $"{service.Subject} cannot run {written}: {whyNot}", $"chmod +x {path}, or let that user enter the folders above it");
                }

                break;
        }
    }

    private static void CheckSearched(ServiceCase service, string program, string? declaredPath, Findings findings)
    {
        var searchPath = declaredPath ?? service.Host.SearchPath;
        var found = searchPath.Split(':').Where(e => e.Length > 0)
            .Select(entry => Path.Combine(service.Service.Directory, entry, program))
            .Where(path => service.Host.Look(path).Kind is FileKind.Regular)
            .ToArray();
        if (found.Any(path => PathAccess.WhyNot(service.Host, service.User, path, Want.Execute) is null))
        {
            return;
        }

        var where = findings.At(service.Service.Command.Span);
        if (found.FirstOrDefault() is { } forbidden)
        {
            findings.Error(
                HostCodes.ProgramNotExecutable,
                where,
                $"{service.Subject} runs \"{program}\", found as {forbidden}: {PathAccess.WhyNot(service.Host, service.User, forbidden, Want.Execute)}",
                "install it where that user can execute it, for example under /usr/local/bin");
        }
        else
        {
            findings.Error(
                HostCodes.ProgramMissing,
                where,
                $"{service.Subject} runs \"{program}\", which is in none of the folders of {(declaredPath is null ? $"PATH ({searchPath})" : "the PATH that it declares")}",
                "install it, write its whole path, or set PATH in the service's environment");
        }
    }

    /// <summary>Only a warning: an interpreter may find it by rules of its own.</summary>
    private static void CheckScript(ServiceCase service, Findings findings)
    {
        if (service.Service.Command.Argv is [var interpreter, var script, ..]
            && Interpreters.Contains(Path.GetFileName(interpreter))
            && ScriptEndings.Contains(Path.GetExtension(script))
            && !script.StartsWith('-')
            && service.Host.Look(Path.GetFullPath(script, service.Service.Directory)).Kind is FileKind.Missing)
        {
            findings.Warn(
                HostCodes.ScriptMissing,
                findings.At(service.Service.Command.Span),
                $"{service.Subject} runs {script}, which does not exist in {ShownPath.Of(service.Stack, service.Service.Directory)}",
                "build it, or correct the command or the directory");
        }
    }
}
