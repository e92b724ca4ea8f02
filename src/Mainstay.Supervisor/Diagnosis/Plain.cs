using System.Text.RegularExpressions;

namespace Mainstay.Supervisor.Diagnosis;

/// <summary>Text without colours and control characters: fit to match patterns on, and to print on somebody's terminal.</summary>
internal static partial class Plain
{
    public static string Text(string text)
    {
        text = text.Contains('\u001b') ? Escapes().Replace(text, "") : text;
        return text.Any(IsUnprintable) ? string.Concat(text.Select(c => IsUnprintable(c) ? '·' : c)) : text;
    }

    private static bool IsUnprintable(char c) => char.IsControl(c) && c != '\t';

    [GeneratedRegex("\u001b(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\u0007\u001b]*(?:\u0007|\u001b\\\\)|[@-Z\\\\-_])")]
    private static partial Regex Escapes();
}
