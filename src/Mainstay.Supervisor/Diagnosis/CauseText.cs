using System.Collections.Immutable;
using System.Text;

namespace Mainstay.Supervisor.Diagnosis;

/// <summary>
/// Fills the sentences of signatures.json. <c>{a|b|words}</c> is the first of these that is known, or the words; what stands in
/// <c>[ ]</c> is left out when nothing in its braces is known.
/// </summary>
internal static class CauseText
{
    public static string Fill(string template, IReadOnlyDictionary<string, string> known) =>
        Tidy(Fill(template, known, out _));

    private static string Fill(ReadOnlySpan<char> template, IReadOnlyDictionary<string, string> known, out bool complete)
    {
        var text = new StringBuilder();
        complete = true;
        for (var i = 0; i < template.Length; i++)
        {
            switch (template[i])
            {
                case '[':
                    var end = i + template[i..].IndexOf(']');
                    var optional = Fill(template[(i + 1)..end], known, out var whole);
                    text.Append(whole ? optional : "");
                    i = end;
                    break;
                case '{':
                    var close = i + template[i..].IndexOf('}');
                    complete &= Append(text, template[(i + 1)..close].ToString().Split('|'), known);
                    i = close;
                    break;
                default:
                    text.Append(template[i]);
                    break;
            }
        }

        return text.ToString();
    }

    private static bool Append(StringBuilder text, string[] names, IReadOnlyDictionary<string, string> known)
    {
        foreach (var name in names)
        {
            if (known.TryGetValue(name, out var value))
            {
                text.Append(value);
                return true;
            }
        }

        // A last alternative that is no variable is words to use instead.
        var words = names.Length > 1 && !Variables.Contains(names[^1]) ? names[^1] : "";
        text.Append(words);
        return words.Length > 0;
    }

    private static string Tidy(string text) => text.Replace("  ", " ", StringComparison.Ordinal).Trim();

    /// <summary>Every name that a template may use; whether a value is known depends on the failure.</summary>
    public static ImmutableHashSet<string> Variables { get; } =
    [
        "service", "instance", "program", "user", "spawn_stage", "spawn_message", "waiting", "memory_limit", "open_files", "expected", "holder_of_port",
        "listening", "listening_port", "listening_address", "probe", "deadline", "points_there", "usual",
        "port", "address", "module", "from", "file", "line", "version", "variable", "error",
    ];
}
