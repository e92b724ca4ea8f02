using System.Collections.Immutable;
using System.Text;
using Mainstay.Spec.Parsing.Shapes;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing;

/// <summary>A variable of an env file, and the line it stands in.</summary>
public sealed record EnvFileEntry(string Name, string Value, int Line);

/// <summary>What was readable, and everything that was not.</summary>
public sealed record EnvFileResult(ImmutableArray<EnvFileEntry> Entries, ImmutableArray<Problem> Problems)
{
    /// <summary>The last value of each name.</summary>
    public ImmutableSortedDictionary<string, string> Values =>
        Entries.GroupBy(e => e.Name, StringComparer.Ordinal).ToImmutableSortedDictionary(g => g.Key, g => g.Last().Value, StringComparer.Ordinal);
}

/// <summary>
/// Reads the text of an env file: <c>NAME=value</c> lines, blank lines, comments, <c>export</c> before a name, single and double quotes (which
/// may span lines). Values are literal: nothing is expanded. No problem ever shows a value.
/// </summary>
public static class EnvFileReader
{
    /// <summary>Characters; a file of variables that is larger is none.</summary>
    internal const int Limit = 1_000_000;

    /// <param name="file">The path as it shall stand in problems.</param>
    public static EnvFileResult Read(string file, string text)
    {
        var problems = new ProblemList();
        if (text.Length > Limit)
        {
            problems.Add(EnvironmentCodes.FileTooLarge.Error(
                new Where(file, 0, 0, ""),
                $"the file has {text.Length} characters, but an environment file has at most {Limit}",
                "check that this is the right file"));
            return new EnvFileResult([], problems.InOrder(file));
        }

        var entries = new Scan(file, text.TrimStart('\uFEFF').ReplaceLineEndings("\n"), problems).Entries();
        foreach (var again in entries.GroupBy(e => e.Name, StringComparer.Ordinal).SelectMany(g => g.Skip(1).Select(e => (Entry: e, First: g.First()))))
        {
            problems.Add(EnvironmentCodes.SetTwice.Warning(
                new Where(file, again.Entry.Line, 1, ""),
                $"{Shown(again.Entry.Name)} is set twice; line {again.First.Line} sets it too, and the last one counts",
                "keep one of the two"));
        }

        return new EnvFileResult(entries, problems.InOrder(file));
    }

    /// <summary>
    /// A line of a broken multi-line value can look like an assignment (base64 ends with "="); what stands before its "=" is then a piece of a
    /// secret. Only a name as environments have them is repeated; the line number tells the others.
    /// </summary>
    private static string Shown(string name) =>
        name.Length <= 64 && (name.All(c => !char.IsAsciiLetterLower(c)) || name.All(c => !char.IsAsciiLetterUpper(c))) ? name : "a variable";

    private sealed class Scan(string file, string text, ProblemList problems)
    {
        private int _at;
        private int _line = 1;

        public ImmutableArray<EnvFileEntry> Entries()
        {
            var entries = ImmutableArray.CreateBuilder<EnvFileEntry>();
            while (_at < text.Length)
            {
                if (Entry() is { } entry)
                {
                    entries.Add(entry);
                }

                SkipLine();
            }

            return entries.ToImmutable();
        }

        /// <summary>Reads one line, and ends before its line break.</summary>
        private EnvFileEntry? Entry()
        {
            SkipBlanks();
            if (AtLineEnd || text[_at] == '#')
            {
                return null;
            }

            var line = _line;
            var end = LineEnd(_at);
            var equals = text.IndexOf('=', _at, end - _at);
            if (equals < 0)
            {
                Report(EnvironmentCodes.BadLine, "this line is not of the form NAME=value", "write it as NAME=value, or begin it with \"#\"");
                return null;
            }

            var name = Name(text[_at..equals]);
            if (!CommonKinds.IsVariableName(name))
            {
                Report(
                    EnvironmentCodes.BadName,
                    "what stands before \"=\" cannot be a variable's name",
                    "begin it with a letter or an underscore, and go on with letters, digits and underscores");
                return null;
            }

            _at = equals + 1;
            var start = _at;
            SkipBlanks();
            return Value(name, line, afterBlank: _at > start) is { } value ? new EnvFileEntry(name, value, line) : null;
        }

        private static string Name(string before)
        {
            var name = before.Trim(' ', '\t');
            return name.StartsWith("export ", StringComparison.Ordinal) || name.StartsWith("export\t", StringComparison.Ordinal) ? name[7..].Trim(' ', '\t') : name;
        }

        private string? Value(string name, int line, bool afterBlank)
        {
            if (AtLineEnd)
            {
                return "";
            }

            return text[_at] switch
            {
                '\'' => QuotedValue(name, line, '\''),
                '"' => QuotedValue(name, line, '"'),
                _ => Unquoted(name, afterBlank),
            };
        }

        private string? Unquoted(string name, bool afterBlank)
        {
            // A "#" begins a comment only after a blank: passwords have them.
            var value = text[_at..LineEnd(_at)];
            for (var i = 0; i < value.Length; i++)
            {
                if (value[i] == '#' && (i == 0 ? afterBlank : value[i - 1] is ' ' or '\t'))
                {
                    value = value[..i];
                    break;
                }
            }

            return WithoutZero(name, value.Trim(' ', '\t'));
        }

        private string? QuotedValue(string name, int line, char quote)
        {
            var value = new StringBuilder();
            for (var i = _at + 1; i < text.Length; i++)
            {
                if (text[i] == quote)
                {
                    _line += text.AsSpan(_at, i - _at).Count('\n');
                    _at = i + 1;
                    return AfterQuote(name, value.ToString());
                }

                if (quote == '"' && text[i] == '\\' && i + 1 < text.Length)
                {
                    value.Append(Escaped(text[++i]));
                }
                else
                {
                    value.Append(text[i]);
                }
            }

            problems.Add(EnvironmentCodes.QuoteNotClosed.Error(
                new Where(file, line, _at - LineStart(_at) + 1, ""),
                $"the value of {Shown(name)} begins with a quote that is never closed",
                "close the quote, or put the value into the other kind of quotes"));

            // Only this line is given up: what follows is most likely a variable of its own.
            return null;
        }

        private string? AfterQuote(string name, string value)
        {
            SkipBlanks();
            if (!AtLineEnd && text[_at] != '#')
            {
                Report(EnvironmentCodes.BadLine, $"there is more text after the closing quote of {Shown(name)}", "put the whole value in quotes, or remove what follows");
                return null;
            }

            return WithoutZero(name, value);
        }

        private string? WithoutZero(string name, string value)
        {
            if (!value.Contains('\0', StringComparison.Ordinal))
            {
                return value;
            }

            Report(EnvironmentCodes.BadLine, $"the value of {Shown(name)} has a zero byte, which no program can be given", "remove it, or check that this is a text file");
            return null;
        }

        private static string Escaped(char c) => c switch
        {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            '"' or '\\' or '$' or '`' => c.ToString(),
            _ => $"\\{c}",
        };

        private void Report(ProblemCode code, string what, string fix) =>
            problems.Add(code.Error(new Where(file, _line, Math.Min(_at, text.Length) - LineStart(_at) + 1, ""), what, fix));

        private bool AtLineEnd => _at >= text.Length || text[_at] == '\n';

        private int LineEnd(int from) => text.IndexOf('\n', from) is var end and >= 0 ? end : text.Length;

        private int LineStart(int at) => at == 0 ? 0 : text.LastIndexOf('\n', Math.Min(at, text.Length) - 1) + 1;

        private void SkipBlanks()
        {
            while (_at < text.Length && text[_at] is ' ' or '\t')
            {
                _at++;
            }
        }

        private void SkipLine()
        {
            _at = LineEnd(Math.Min(_at, text.Length)) + 1;
            _line++;
        }
    }
}
