using System.Text.RegularExpressions;

namespace Mainstay.Preflight.Releases;

/// <summary>What a version of Node.js can do, and whether it is in a range as package.json writes them.</summary>
public static partial class NodeVersion
{
    /// <summary>As <c>node --version</c> prints it; null for anything else.</summary>
    public static Version? Parse(string text) =>
        PlainPattern().Match(text.Trim()) is { Success: true } match && Version.TryParse(match.Groups[1].Value, out var version) ? version : null;

    /// <summary>Whether require() loads ES modules: since 20.19 and 22.12, without a flag.</summary>
    public static bool RequiresEsModules(Version node) => node.Major switch
    {
        20 => node.Minor >= 19,
        22 => node.Minor >= 12,
        _ => node.Major >= 23,
    };

    /// <returns>Null when the range is written in a way that is not known here; then nothing is said about it.</returns>
    public static bool? IsWithin(Version node, string range)
    {
        bool?[] any = [.. range.Split("||").Select(part => IsWithinAll(node, part.Trim()))];
        return any.Contains(true) ? true : any.Contains(null) ? null : false;
    }

    private static bool? IsWithinAll(Version node, string part)
    {
        if (HyphenPattern().Match(part) is { Success: true } hyphen)
        {
            return IsWithinAll(node, $">={hyphen.Groups[1].Value} <={hyphen.Groups[2].Value}");
        }

        var rest = ComparatorPattern().Replace(part, "");
        if (rest.Trim().Length > 0)
        {
            return null;
        }

        return ComparatorPattern().Matches(part).All(match => Holds(node, match.Groups[1].Value, [.. match.Groups[2].Value.Split('.').TakeWhile(p => p.All(char.IsAsciiDigit)).Select(Number)]));
    }

    /// <param name="parts">Those that were written; a missing one stands for any.</param>
    private static bool Holds(Version node, string comparator, int[] parts)
    {
        if (parts is [])
        {
            return true;
        }

        var from = new Version(parts[0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
        var after = parts switch
        {
            [var major] => new Version(major + 1, 0, 0),
            [var major, var minor] => new Version(major, minor + 1, 0),
            _ => new Version(from.Major, from.Minor, from.Build + 1),
        };
        var at = new Version(node.Major, node.Minor, Math.Max(node.Build, 0));
        return comparator switch
        {
            ">=" => at >= from,
            ">" => at >= after,
            "<" => at < from,
            "<=" => at < after,
            "^" => at >= from && at.Major == from.Major,
            "~" => at >= from && at.Major == from.Major && (parts.Length == 1 || at.Minor == from.Minor),
            _ => at >= from && at < after,
        };
    }

    // Longer numbers than any version has are no version.
    private static int Number(string digits) => digits.Length is > 0 and < 7 ? int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^v?([0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4})", RegexOptions.CultureInvariant)]
    private static partial Regex PlainPattern();

    [GeneratedRegex(@"^v?([0-9.]+)\s+-\s+v?([0-9.]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex HyphenPattern();

    [GeneratedRegex(@"(>=|<=|>|<|=|\^|~)?\s*v?((?:[0-9]{1,6}|[xX*])(?:\.(?:[0-9]{1,6}|[xX*])){0,2})(?=\s|$)\s*", RegexOptions.CultureInvariant)]
    private static partial Regex ComparatorPattern();
}
