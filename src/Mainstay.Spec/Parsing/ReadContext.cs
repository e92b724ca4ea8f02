using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing;

/// <summary>What every part of one reading shares: where the text came from, what <c>${NAME}</c> means, and the problems found so far.</summary>
/// <param name="file">As the user named it; stands in every problem.</param>
/// <param name="directory">Absolute; relative paths are resolved against it.</param>
internal sealed class ReadContext(string file, string directory, Expansion expansion, ProblemList problems, Func<string, FileText> readFile)
{
    private HashSet<string> _unread = new(StringComparer.Ordinal);

    /// <summary>The key path that names the file, when it is not the manifest itself.</summary>
    private string? _within;

    public string File { get; } = file;

    public Expansion Expansion { get; } = expansion;

    public ProblemList Problems { get; } = problems;

    /// <summary>Key paths at which something could not be read so far.</summary>
    public ImmutableHashSet<string> Unread => [.. _unread];

    public void Report(ProblemCode code, SourceSpan at, string what, string fix) => Report(code, at, what, fix, at.Path);

    /// <param name="unread">The key path that cannot be read for this; null when it can.</param>
    public void Report(ProblemCode code, SourceSpan at, string what, string fix, string? unread)
    {
        if (unread is not null)
        {
            _unread.Add(_within ?? unread);
        }

        Add(Severity.Error, code, at, what, fix);
    }

    public void Warn(ProblemCode code, SourceSpan at, string what, string fix) => Add(Severity.Warning, code, at, what, fix);

    /// <param name="key">What cannot be read for this, below the node; null for the node itself.</param>
    public void Report(ProblemCode code, Node at, string what, string fix, string? key = null)
    {
        if (!Problems.IsFullFor(File))
        {
            var span = at.Span;
            Report(code, span, what, fix, key is null ? span.Path : KeyPath.Under(span.Path, key));
        }
    }

    /// <summary>Without touching the disk: <c>..</c> and <c>.</c> are resolved in the text only.</summary>
    public string Absolute(string path) => Path.GetFullPath(path, directory);

    /// <returns>The text of a file that the manifest names, or why it cannot be read.</returns>
    public FileText TextOf(string absolutePath) => readFile(absolutePath);

    /// <summary>The same reading, continued in another file of the manifest's folder; the file is named as it would be from where the user stands.</summary>
    /// <param name="namedAt">Where the manifest names it: what cannot be read of the file cannot be read there.</param>
    public ReadContext Within(string relativePath, Node namedAt) =>
        new(Path.Combine(Path.GetDirectoryName(File) ?? "", relativePath), directory, Expansion, Problems, readFile) { _unread = _unread, _within = namedAt.Path };

    private void Add(Severity severity, ProblemCode code, SourceSpan at, string what, string fix)
    {
        if (!Problems.IsFullFor(File))
        {
            Problems.Add(new Problem(code.Id, severity, new Where(File, at.Line, at.Column, at.Path), Quoted.OneLine(what), Quoted.OneLine(fix)));
        }
    }
}
