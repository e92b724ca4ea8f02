using System.Collections.Immutable;

namespace Mainstay.Rollout.Reports;

/// <summary>A piece of a report, before it is Markdown or HTML. All text is plain and hostile: who writes it out escapes it.</summary>
internal abstract record ReportBlock
{
    public sealed record Heading(int Level, string Text) : ReportBlock;

    public sealed record Paragraph(string Text) : ReportBlock;

    public sealed record Items(ImmutableArray<string> Lines) : ReportBlock;

    public sealed record Code(string Title, ImmutableArray<string> Lines) : ReportBlock;

    /// <param name="Rows">Each as long as the header.</param>
    public sealed record Table(ImmutableArray<string> Header, ImmutableArray<ImmutableArray<string>> Rows) : ReportBlock;
}

/// <summary>Characters that a reader does not see and a terminal or browser obeys.</summary>
internal static class PlainText
{
    /// <summary>On one line, without control characters and without those that turn the direction of writing.</summary>
    public static string Of(string text) => string.Concat(text.Select(c => c is '\n' or '\r' or '\t' ? ' ' : IsHidden(c) ? '\ufffd' : c));

    private static bool IsHidden(char c) =>
        char.IsControl(c) || c is (>= '\u200b' and <= '\u200f') or (>= '\u2028' and <= '\u202e') or (>= '\u2060' and <= '\u206f') or '\ufeff';
}
