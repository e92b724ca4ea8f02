using System.Collections.Immutable;
using Mainstay.Cli.Connection;
using Mainstay.Contracts;
using Mainstay.Spec.Model;

namespace Mainstay.Cli.Verbs;

/// <summary>Service names as they are typed.</summary>
internal static class ServiceNames
{
    private const int MaxLength = 40;

    /// <summary>Empty means all, which is how the API says it. Throws (exit 2) for what cannot be a name.</summary>
    public static ImmutableArray<ServiceName> Read(ImmutableArray<string> words, bool allWord)
    {
        if (allWord && words is ["all"])
        {
            return [];
        }

        foreach (var word in words)
        {
            Check(word);
        }

        return [.. words.Distinct(StringComparer.Ordinal).Select(ServiceName.From)];
    }

    public static ServiceName Check(string word)
    {
        var valid = word.Length is > 0 and <= MaxLength && char.IsAsciiLetterLower(word[0]);
        foreach (var c in word)
        {
            valid &= char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-';
        }

        return valid
            ? ServiceName.From(word)
            : throw new CommandFailedException(ExitCode.WrongUsage, $"\"{word}\" cannot be a service: names are of a-z, 0-9 and -, begin with a letter and have at most {MaxLength} characters", "try: mainstay status   (it shows the services' names)");
    }
}
