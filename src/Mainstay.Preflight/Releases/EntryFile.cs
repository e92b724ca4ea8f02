using System.Buffers;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Releases;

/// <summary>The file of the release that a service's command runs: an interpreter's first script, also by a script of package.json.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="IsNode">Node.js runs it.</param>
internal sealed record EntryFile(string Path, bool IsNode)
{
    private static readonly HashSet<string> s_interpreters = ["node", "nodejs", "bun", "python", "python3", "ruby", "perl", "php", "sh", "bash", "dotnet"];

    private static readonly HashSet<string> s_endings = [".js", ".mjs", ".cjs", ".ts", ".py", ".rb", ".pl", ".php", ".sh", ".dll"];

    private static readonly SearchValues<char> s_shellsOwn = SearchValues.Create("&|;<>$`'\"");

    /// <returns>Null when it cannot be told from the command, or lies outside of the release.</returns>
    public static EntryFile? Of(ServiceSpec spec, NodePackage package, string folder) => spec.Command switch
    {
        { Shell: true } => null,
        { Argv: ["npm" or "yarn" or "pnpm", "start", ..] } => OfScript(package.Script("start"), folder),
        { Argv: ["npm" or "yarn" or "pnpm", "run", var name, ..] } => OfScript(package.Script(name), folder),
        { Argv: [var program, .. var arguments] } => OfWords(program, arguments, folder),
        _ => null,
    };

    public static IEnumerable<Problem> Check(EntryFile entry, ServiceSpec spec, ReleaseFiles files, bool built)
    {
        // A build may still make it.
        if (files.Exists(entry.Path) || (!built && !spec.Rollout.Build.IsEmpty))
        {
            yield break;
        }

        var shown = files.Relative(entry.Path);
        yield return ReleaseCodes.EntryMissing.Error(
            new Where(shown, 0, 0, spec.Command.Span.Path),
            $"service \"{spec.Name}\" runs {shown}, which is not in the release",
            spec.Rollout.Build.IsEmpty ? "commit it, add the \"build\" that makes it, or correct \"command\" or \"directory\"" : "let the build make it, or correct \"command\" or \"directory\"");
    }

    private static EntryFile? OfScript(string? script, string folder)
    {
        // Whatever needs the shell is more than one program.
        if (script is null || script.AsSpan().ContainsAny(s_shellsOwn) || script.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var program, .. var arguments])
        {
            return null;
        }

        return OfWords(program, arguments, folder);
    }

    private static EntryFile? OfWords(string program, IEnumerable<string> arguments, string folder)
    {
        // What follows these is code, not a file.
        if (arguments.Any(a => a is "-c" or "-e" or "-p" or "--eval" or "--print" or "-m"))
        {
            return null;
        }

        var interpreter = System.IO.Path.GetFileName(program);
        var script = s_interpreters.Contains(interpreter)
            ? arguments.FirstOrDefault(a => !a.StartsWith('-') && !System.IO.Path.IsPathRooted(a) && s_endings.Contains(System.IO.Path.GetExtension(a)))
            : null;
        return script is null ? null : new EntryFile(System.IO.Path.GetFullPath(script, folder), interpreter is "node" or "nodejs");
    }
}
