using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing;

/// <summary>What every part of one reading shares: where the text came from, what <c>${NAME}</c> means, and the problems found so far.</summary>
/// <param name="file">As the user named it; stands in every problem.</param>
/// <param name="directory">Absolute; relative paths are resolved against it.</param>
internal sealed class ReadContext(string file, string directory, Expansion expansion, ProblemList problems, Func<string, string?> readFile)
{
    public string File { get; } = file;

    public Expansion Expansion { get; } = expansion;

    public ProblemList Problems { get; } = problems;

    public void Report(ProblemCode code, SourceSpan at, string what, string fix) => Add(Severity.Error, code, at, what, fix);

    public void Warn(ProblemCode code, SourceSpan at, string what, string fix) => Add(Severity.Warning, code, at, what, fix);

    public void Report(ProblemCode code, Node at, string what, string fix)
    {
        if (!Problems.IsFullFor(File))
        {
            Report(code, at.Span, what, fix);
        }
    }

    /// <summary>Without touching the disk: <c>..</c> and <c>.</c> are resolved in the text only.</summary>
    public string Absolute(string path) => Path.GetFullPath(path, directory);

    /// <returns>The text of a file that the manifest names, or null when it cannot be read.</returns>
    public string? TextOf(string absolutePath) => readFile(absolutePath);

    /// <summary>The same reading, continued in another file of the manifest's folder; the file is named as it would be from where the user stands.</summary>
    public ReadContext Within(string relativePath) =>
        new(Path.Combine(Path.GetDirectoryName(File) ?? "", relativePath), directory, Expansion, Problems, readFile);

    private void Add(Severity severity, ProblemCode code, SourceSpan at, string what, string fix)
    {
        if (!Problems.IsFullFor(File))
        {
            Problems.Add(new Problem(code.Id, severity, new Where(File, at.Line, at.Column, at.Path), Quoted.OneLine(what), Quoted.OneLine(fix)));
        }
    }
}
