using System.Text;

namespace Mainstay.Cli.Output;

/// <summary>
/// What services wrote, made harmless for the terminal of whoever reads it. Colours may pass; everything else that moves the cursor,
/// sets titles or answers back does not.
/// </summary>
internal static class Harmless
{
    private const char Escape = '\x1b';

    public static string Text(string text, bool colours)
    {
        if (!HasControls(text))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == Escape && SequenceEnd(text, i) is var end and > 0)
            {
                if (colours && text[end] == 'm')
                {
                    clean.Append(text, i, end - i + 1);
                }

                i = end;
            }
            else
            {
                clean.Append(char.IsControl(text[i]) && text[i] != '\t' ? '\ufffd' : text[i]);
            }
        }

        return colours && clean.Length > 0 && text.Contains(Escape, StringComparison.Ordinal) ? clean.Append("\x1b[0m").ToString() : clean.ToString();
    }

    /// <summary>The index of the last character of a control sequence (ESC [ ... letter), or 0 when there is none.</summary>
    private static int SequenceEnd(string text, int start)
    {
        if (start + 1 >= text.Length || text[start + 1] != '[')
        {
            return 0;
        }

        for (var i = start + 2; i < text.Length; i++)
        {
            if (text[i] is >= '@' and <= '~')
            {
                return i;
            }

            if (text[i] is < ' ' or > '?')
            {
                return 0;
            }
        }

        return 0;
    }

    private static bool HasControls(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) && c != '\t')
            {
                return true;
            }
        }

        return false;
    }
}
