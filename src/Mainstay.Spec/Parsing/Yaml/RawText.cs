using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Yaml;

/// <summary>What is seen before any parsing: size, and characters that would end the text early or hide in it.</summary>
internal static class RawText
{
    public static bool IsRefused(string text, ReadContext context)
    {
        if (text.Length > YamlLimits.Text)
        {
            context.Report(
                ManifestCodes.TooLarge,
                SourceSpan.None,
                $"the file has {text.Length} characters, but a manifest has at most {YamlLimits.Text}",
                "check that this is the right file, or split it into several stacks");
            return true;
        }

        // The YAML parser takes a zero byte for the end: what follows it would be ignored without a word.
        var at = FirstControl(text);
        if (at < 0)
        {
            return false;
        }

        var before = text.AsSpan(0, at);
        var span = new SourceSpan(before.Count('\n') + 1, at - before.LastIndexOf('\n'), "");
        context.Report(
            ManifestCodes.NotYaml,
            span,
            $"the file has the control character {(int)text[at]:x2} (hexadecimal) here",
            "check that this is a text file, and remove the character");
        return true;
    }

    private static int FirstControl(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] < ' ' && text[i] is not ('\n' or '\r' or '\t'))
            {
                return i;
            }
        }

        return -1;
    }
}
