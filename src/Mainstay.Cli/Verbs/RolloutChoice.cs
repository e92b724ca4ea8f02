using System.Globalization;
using Mainstay.Cli.Connection;
using Mainstay.Contracts;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Cli.Verbs;

/// <summary>Which rollout a command means: the one of a number, or the last one.</summary>
internal static class RolloutChoice
{
    /// <summary>Throws (exit 2) for a number that no rollout has, and (exit 1) when there was no rollout yet.</summary>
    public static async Task<RolloutRecord> FindAsync(ApiClient client, string? word, CancellationToken token)
    {
        var number = word is null ? (long?)null : Number(word);
        if (number is { } named && await client.RolloutAsync(named, token) is { } found)
        {
            return found;
        }

        var newest = (await client.RolloutsAsync(1, token)).FirstOrDefault();
        return (number, newest) switch
        {
            (_, null) => throw new CommandFailedException(ExitCode.Failed, "there was no rollout yet", "try: mainstay deploy --dry-run   (shows what one would do)"),
            (null, _) => newest,
            _ => throw new CommandFailedException(
                ExitCode.WrongUsage,
                string.Create(CultureInfo.InvariantCulture, $"there is no rollout {number}; the last one is {newest.Number}"),
                "try: mainstay rollouts   (lists them)"),
        };
    }

    private static long Number(string word) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new CommandFailedException(ExitCode.WrongUsage, $"\"{word}\" is no number of a rollout", "try: mainstay rollouts   (shows the numbers)");
}
