using System.Collections.Immutable;
using System.Text;

namespace Mainstay.Spec.Parsing;

/// <summary>A word of a command line; <paramref name="Quoted"/> when any of it was quoted or escaped, so that a shell would take it literally.</summary>
internal readonly record struct CommandWord(string Text, bool Quoted);

/// <summary>
/// Splits a command line as a POSIX shell would: blanks separate, single quotes keep everything, double quotes keep all but backslash escapes,
/// a backslash keeps the next character. Nothing is expanded.
/// </summary>
internal static class CommandLine
{
    /// <param name="fault">Why the line cannot be split; completes "the command ...".</param>
    public static ImmutableArray<CommandWord> Split(string line, out string? fault)
    {
        var words = ImmutableArray.CreateBuilder<CommandWord>();
        var word = new StringBuilder();
        var (started, quoted) = (false, false);
        fault = null;
        for (var i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case ' ' or '\t' or '\n' or '\r':
                    End();
                    continue;

                case '\\' when i + 1 == line.Length:
                    fault = "ends with a backslash";
                    return [];

                case '\\':
                    // A backslash at the end of a line joins it with the next.
                    if (line[++i] != '\n')
                    {
                        word.Append(line[i]);
                        (started, quoted) = (true, true);
                    }

                    continue;

                case '\'' or '"':
                    (started, quoted) = (true, true);
                    var end = line[i] == '\'' ? Single(line, i + 1, word) : Double(line, i + 1, word);
                    if (end < 0)
                    {
                        fault = $"has a {(line[i] == '\'' ? "single" : "double")} quote that is not closed";
                        return [];
                    }

                    i = end;
                    continue;

                default:
                    word.Append(line[i]);
                    started = true;
                    continue;
            }
        }

        End();
        return words.ToImmutable();

        void End()
        {
            if (started)
            {
                words.Add(new CommandWord(word.ToString(), quoted));
                word.Clear();
                (started, quoted) = (false, false);
            }
        }
    }

    /// <returns>Where the closing quote is; negative when there is none.</returns>
    private static int Single(string line, int from, StringBuilder word)
    {
        var end = line.IndexOf('\'', from);
        if (end >= 0)
        {
            word.Append(line, from, end - from);
        }

        return end;
    }

    private static int Double(string line, int from, StringBuilder word)
    {
        for (var i = from; i < line.Length; i++)
        {
            if (line[i] == '"')
            {
                return i;
            }

            if (line[i] == '\\' && i + 1 < line.Length && line[i + 1] is '"' or '\\' or '$' or '`' or '\n')
            {
                if (line[++i] != '\n')
                {
                    word.Append(line[i]);
                }
            }
            else
            {
                word.Append(line[i]);
            }
        }

        return -1;
    }
}
