using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>Kinds that several shapes use.</summary>
internal static partial class CommonKinds
{
    public const string NameText = "lower-case letters, digits and dashes, at most 40, beginning with a letter";

    public static TextKind Name { get; } = new(
        $"a name of {NameText}", "api", ManifestCodes.BadName, NamePattern(), hint: text => Nameable(text) is { } name ? $"write for example \"{name}\"" : null);

    public static KeyRule NameRule { get; } = new(ManifestCodes.BadName, $"a name of {NameText}", NamePattern().ToString(), NamePattern().IsMatch);

    /// <summary>Dots and dashes are unusual, but programs that read such variables exist.</summary>
    public static KeyRule VariableRule { get; } = new(
        ManifestCodes.BadVariableName,
        "a variable's name: letters, digits and underscores, not beginning with a digit",
        VariablePattern().ToString(),
        VariablePattern().IsMatch);

    public static TruthKind Truth { get; } = new();

    public static TextKind FilePath(string example) => new(
        "a path", example, ManifestCodes.BadFilePath, FilePathPattern(),
        hint: text => text.StartsWith('~') ? $"write \"${{HOME}}{Quoted.Bare(text[1..])}\"; \"~\" is not expanded" : null);

    public static ListKind<string> Texts(string expected, string example, bool orOne = false) => new(new TextKind("text", example), expected, orOne);

    public static ImmutableArray<T> Values<T>(this ImmutableArray<Item<T>> items) => [.. items.Select(i => i.Value)];

    public static ImmutableArray<T> Values<T>(this ImmutableArray<Named<T>> entries) => [.. entries.Select(e => e.Value)];

    public static bool IsVariableName(string name) => VariablePattern().IsMatch(name);

    public static bool IsName(string name) => NamePattern().IsMatch(name);

    private static string? Nameable(string text)
    {
        var name = new string([.. text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-').Take(40)]).Trim('-');
        return IsName(name) ? name : null;
    }

    // The look-ahead: "$" alone also matches before a final line break.
    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,39}$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_.-]*$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex VariablePattern();

    [GeneratedRegex(@"^(?!~)", RegexOptions.CultureInvariant)]
    private static partial Regex FilePathPattern();
}
