using System.Globalization;
using Mainstay.Cli.Connection;
using Mainstay.Contracts;

namespace Mainstay.Cli.Verbs;

/// <summary>Whole numbers as they are typed.</summary>
internal static class Counts
{
    /// <summary>Null for null. Throws (exit 2) for what is not a number from 0 to <paramref name="max"/>.</summary>
    public static int? Read(string? text, string of, int max = 1_000_000_000)
    {
        if (text is null)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= max
            ? count
            : throw new CommandFailedException(ExitCode.WrongUsage, $"{of} takes a whole number from 0 to {max}, not \"{text}\"");
    }
}
