using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Mainstay.Spec.Parsing.Yaml;

/// <summary>Why a text is not YAML, in words that say what to repair. The parser's own words are about its grammar.</summary>
internal sealed record YamlFault(int Line, int Column, string What, string Fix)
{
    private const string Quote = "put quotes around the value";

    private static readonly string[] s_misfits = ["expected key", "document end", "simple key"];

    public static YamlFault Explain(Exception e, string text, (char Bracket, Mark At)? open, Scalar? last)
    {
        var mark = (e as YamlException)?.Start ?? last?.End ?? Mark.Empty;
        var (line, column) = (Math.Max(1, (int)mark.Line), Math.Max(1, (int)mark.Column));

        // Line breaks as the parser counts them.
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return Tab(lines, line)
            ?? Said(e, lines, line, column)
            ?? (open is { } bracket ? Unclosed(bracket, lines) : null)
            ?? AfterQuote(last, line)
            ?? Misplaced(e, lines, line, column)
            ?? new(line, column, $"the manifest is not valid YAML here: {Parser(e)}", "look at this line and the one above: the indentation, quotes and brackets");
    }

    private static YamlFault? Tab(string[] lines, int from)
    {
        // The parser places a tab on the line before it.
        for (var line = from; line <= Math.Min(from + 1, lines.Length); line++)
        {
            var indent = lines[line - 1].TakeWhile(c => c is ' ' or '\t').ToList();
            if (indent.Contains('\t') && lines[line - 1].Trim().Length > 0)
            {
                return new(line, indent.IndexOf('\t') + 1, "this line is indented with a tab, which YAML does not allow", "indent with spaces");
            }
        }

        return null;
    }

    private static YamlFault? Said(Exception e, string[] lines, int line, int column) => e.Message switch
    {
        var m when m.Contains("cannot start any token", StringComparison.Ordinal) =>
            new(line, column, $"a value cannot begin with {Quoted.Text(Character(lines, line, column))}", Quote),
        var m when m.Contains("escape character", StringComparison.Ordinal) || m.Contains("hexadecimal", StringComparison.Ordinal) =>
            new(line, column, "a backslash within these double quotes begins an escape that YAML does not know", "use single quotes, or write the backslash twice"),
        var m when m.Contains("double-quoted scalar", StringComparison.Ordinal) || m.Contains("quoted scalar, found unexpected", StringComparison.Ordinal) =>
            new(line, column, "the quote that opens here is not closed", "close the quote"),
        var m when m.Contains("incompatible YAML", StringComparison.Ordinal) =>
            new(line, column, "the %YAML line asks for a version of YAML that is not supported", "remove the line"),
        _ => null,
    };

    private static YamlFault Unclosed((char Bracket, Mark At) open, string[] lines)
    {
        var (line, column) = ((int)open.At.Line, (int)open.At.Column);
        var close = open.Bracket == '[' ? ']' : '}';
        var rest = TextAt(lines, line);
        var dollar = rest.IndexOf("${", StringComparison.Ordinal);
        return dollar >= 0
            ? new(
                line,
                dollar + 1,
                $"\"${{\" cannot stand without quotes between \"{open.Bracket}\" and \"{close}\"",
                "put quotes around the value, for example \"${NAME}\"")
            : new(
                line,
                column,
                $"the \"{open.Bracket}\" that opens here is not closed properly",
                $"close it with \"{close}\", put commas between the entries, and quotes around values that have , : [ ] {{ or }} in them");
    }

    private static YamlFault? AfterQuote(Scalar? last, int line) =>
        last is { Style: ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted } && last.End.Line == line
            ? new(line, (int)last.End.Column, "there is more text after the closing quote", last.Style is ScalarStyle.SingleQuoted
                ? "put the whole value in double quotes, or write a single quote within single quotes twice"
                : "put the whole value in single quotes, or write \\\" for a quote within double quotes")
            : null;

    private static YamlFault? Misplaced(Exception e, string[] lines, int line, int column) => e.Message switch
    {
        var m when m.Contains("invalid mapping", StringComparison.Ordinal) || m.Contains("values are not allowed", StringComparison.Ordinal) =>
            TextAt(lines, line).Count(c => c == ':') > 1
                ? new(line, column, "a \": \" stands within a value, so that YAML sees two keys in one line", Quote)
                : new(line, column, "this key is indented deeper than the value above it allows", "let all keys of one map begin in the same column"),
        var m when m.Contains("'-' indicator", StringComparison.Ordinal) =>
            new(line, column, "a list ends here without being closed by the indentation", "begin the line with \"- \", or indent it as the key that holds the list"),
        var m when m.Contains("not allowed in this context", StringComparison.Ordinal) =>
            new(line, column, "a list or a \"? \" key cannot begin on the line of its key", "begin it on the next line, indented"),
        var m when s_misfits.Any(words => m.Contains(words, StringComparison.Ordinal)) =>
            new(line, column, "this line does not fit the lines above it", "write it as \"key: value\", and let all keys of one map begin in the same column"),
        _ => null,
    };

    private static string Character(string[] lines, int line, int column) =>
        column <= TextAt(lines, line).Length ? TextAt(lines, line)[column - 1].ToString() : "that character";

    private static string TextAt(string[] lines, int line) => line <= lines.Length ? lines[line - 1] : "";

    private static string Parser(Exception e) =>
        e is YamlException { Message.Length: > 0 } ? Quoted.Bare(char.ToLowerInvariant(e.Message[0]) + e.Message[1..].TrimEnd('.')) : "its structure cannot be understood";
}
