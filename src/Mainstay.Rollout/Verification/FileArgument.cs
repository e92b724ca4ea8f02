using System.Collections.Immutable;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Verification;

/// <summary>What an argument is to the process.</summary>
public enum ArgumentRole
{
    /// <summary>Any word that names a file: data, settings, an address that looks like one.</summary>
    Word,

    /// <summary>The file that it runs.</summary>
    Code,

    /// <summary>A program of the host that runs something else: npm, gunicorn.</summary>
    Tool,

    /// <summary>What it runs is no file that could be compared.</summary>
    Unseen,
}

/// <summary>An argument that names a file, and where it leads.</summary>
/// <param name="RealPath">Links followed; of what is not there any more, the path itself. Empty for <see cref="ArgumentRole.Unseen"/>.</param>
/// <param name="Child">The process below the instance's own that has it; null for its own.</param>
public sealed record FileArgument(string Argument, string RealPath, ArgumentRole Role = ArgumentRole.Word, int? Child = null)
{
    private const int Most = 100;

    private static readonly string[] s_tried = ["", ".js", ".cjs", ".mjs", ".json", ".ts"];

    /// <summary>Those of the command as declared and as the kernel shows it; looked up on the disk.</summary>
    public static ImmutableArray<FileArgument> Of(ExpectedProcess expected, ProcessSight sight)
    {
        ImmutableArray<FileArgument> code = [.. CodeOf(expected, sight, null)];
        IEnumerable<string> declared = expected.Command.Shell
            ? expected.Command.Argv.SelectMany(a => a.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)).Select(w => w.Trim('"', '\''))
            : expected.Command.Argv;
        return
        [
            .. code,
            .. declared.Concat(sight.Arguments)
                .Where(a => !a.StartsWith('-') && CanBePath(a) && code.All(c => c.Argument != a))
                .Distinct(StringComparer.Ordinal)
                .Take(Most)
                .Select(a => (Argument: a, Path: Path.Combine(expected.Directory, a)))
                .Where(a => (a.Argument.Contains('/') || a.Argument.Contains('.')) && Path.Exists(a.Path))
                .Select(a => new FileArgument(a.Argument, Releases.RealPath.Of(a.Path) ?? a.Path)),
        ];
    }

    /// <summary>The code of a process below the instance's own, which only started it: a shell, npm.</summary>
    public static IEnumerable<FileArgument> OfChild(ExpectedProcess expected, ProcessSight sight, int pid)
    {
        if (!CommandCode.IsInterpreter(sight.Program) && sight.Arguments is [var first, ..] && first.Contains('/') && expected.IsForeign(sight.Executable))
        {
            return [new(first, sight.Executable, ArgumentRole.Code, pid)];
        }

        return CodeOf(expected, sight, pid).Where(c => c.Role is ArgumentRole.Code);
    }

    /// <summary>It starts what really serves, and waits for it. npm writes a title over its arguments: <c>npm start</c>.</summary>
    public static bool IsWrapper(ProcessSight sight) =>
        CommandCode.IsWrapper(sight.Program) || (sight.Arguments is [var title] && CommandCode.IsWrapper(title.Split(' ')[0])) || (CommandCode.Of(sight.Program, sight.Arguments.Skip(1)) is { Kind: CodeKind.File, Text: var script } && CommandCode.IsWrapper(script));

    /// <summary>A tool of the host in front does not say whose code runs: what follows it may.</summary>
    private static IEnumerable<FileArgument> CodeOf(ExpectedProcess expected, ProcessSight sight, int? child)
    {
        if (expected.Root is null || sight.Arguments.IsEmpty)
        {
            yield break;
        }

        var code = CommandCode.Of(sight.Program, sight.Arguments.Skip(1));
        if (code.Kind is CodeKind.Program)
        {
            yield break;
        }

        if (code.Kind is not CodeKind.File || !CanBePath(code.Text) || InPlace(sight, code.Text) is not { } first)
        {
            yield return new(Unseen(code, sight), "", ArgumentRole.Unseen, child);
            yield break;
        }

        var role = RoleOf(expected, sight, code.Text, first);
        yield return new(code.Text, first, role, child);
        if (role is not ArgumentRole.Tool && !first.Contains("/node_modules/", StringComparison.Ordinal))
        {
            yield break;
        }

        // What stands behind an option is its value: settings, most often.
        var next = code.Rest.Where((w, i) => !w.StartsWith('-') && CanBePath(w) && CommandCode.IsCodeName(w) && (i == 0 || !code.Rest[i - 1].StartsWith('-'))).Take(Most);
        foreach (var (word, path) in next.Select(w => (Word: w, Path: Path.Combine(sight.WorkingDirectory, w))).Where(w => File.Exists(w.Path)))
        {
            var real = Releases.RealPath.Of(path) ?? path;
            yield return new(word, real, RoleOf(expected, sight, word, real), child);
        }
    }

    private static string Unseen(CommandCode code, ProcessSight sight) => code.Kind switch
    {
        CodeKind.Inline => $"it runs code of its own command line ({Path.GetFileName(sight.Program)} {code.Text})",
        CodeKind.Module => $"it runs a module by its name ({code.Text})",
        _ => "its command line does not say which file it runs",
    };

    private static ArgumentRole RoleOf(ExpectedProcess expected, ProcessSight sight, string argument, string path) =>
        Path.IsPathRooted(argument) && !Releases.RealPath.IsWithin(expected.Root!, path) && !expected.IsOtherRelease(path)
        && (!expected.IsForeign(path) || HostPlaces.IsBeside(sight.Executable, path) || (HostPlaces.IsBeside(sight.Arguments[0], argument) && HostPlaces.IsBeside(sight.Arguments[0], path)))
            ? ArgumentRole.Tool
            : ArgumentRole.Code;

    /// <summary>As Node.js finds it: <c>node server</c> is server.js, <c>node .</c> a folder. Null when the word names nothing, and never did for sure.</summary>
    private static string? InPlace(ProcessSight sight, string word)
    {
        var path = Path.Combine(sight.WorkingDirectory, word);
        var found = s_tried.Select(e => path + e).FirstOrDefault(File.Exists) ?? (Directory.Exists(path) ? path : null);
        return found is not null ? Releases.RealPath.Of(found) ?? found : Path.IsPathRooted(word) && CommandCode.IsCodeName(word) ? Path.GetFullPath(word) : null;
    }

    private static bool CanBePath(string word) => word.Length is > 0 and < 4096 && !word.Contains('\0');
}
