using System.Globalization;
using System.Text;

namespace Mainstay.Spec.Parsing;

/// <summary>A piece of the user's text, fit to stand in a message: quoted, short, and unable to steer a terminal.</summary>
internal static class Quoted
{
    private const int Longest = 60;

    public static string Text(string text) => $"\"{Bare(text)}\"";

    public static string Bare(string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= Longest)
            {
                return shown.Append("...").ToString();
            }

            shown.Append(Visible(rune));
        }

        return shown.ToString();
    }

    /// <summary>A whole message, in case a name in it has what names must not have.</summary>
    public static string OneLine(string message) =>
        Ascii.IsValid(message) && !message.Any(char.IsControl) ? message : string.Concat(message.EnumerateRunes().Select(Visible));

    private static string Visible(Rune rune) => rune.Value switch
    {
        '\n' => "\\n",
        '\t' => "\\t",
        '\r' => "\\r",
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            ? $"\\u{{{rune.Value:x}}}"
            : rune.ToString(),
    };
}
