using System.Collections.Immutable;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Sources;

/// <summary>What git said.</summary>
/// <param name="Lines">Both streams together: whoever reads answers from it must tell them from warnings by their form.</param>
internal sealed record GitAnswer(CommandOutcome Outcome, ImmutableArray<string> Lines)
{
    public bool Ok => Outcome.Succeeded;

    public string? FirstHash => Lines.FirstOrDefault(GitHash.IsFull);
}

internal static class GitHash
{
    public const int Short = 7;

    /// <summary>40 digits, or 64 in a repository that hashes with SHA-256.</summary>
    public static bool IsFull(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);

    public static bool MayBeShort(string text) => text.Length is >= Short and <= 64 && text.All(char.IsAsciiHexDigit);
}

/// <summary>Runs git so that a repository can answer but not act: no hooks, no monitor, no prompts, no writing into the repository that is asked.</summary>
internal sealed class GitCommand(ICommands commands, SourceLimits limits)
{
    // A repository with a million changed files, or with names of kilobytes, must not fill our memory.
    public const int MostLines = 100_000;
    public const int MostCharacters = 8 << 20;

    private static readonly ImmutableSortedDictionary<string, string> s_environment = ImmutableSortedDictionary<string, string>.Empty
        .Add("GIT_TERMINAL_PROMPT", "0")
        .Add("GIT_OPTIONAL_LOCKS", "0")
        .Add("GIT_PAGER", "cat")
        .Add("GIT_NO_LAZY_FETCH", "1")
        .Add("LC_ALL", "C");

    /// <param name="directory">Where git runs; must exist.</param>
    public Task<GitAnswer> AskAsync(string directory, ImmutableArray<string> arguments, CancellationToken token) =>
        RunAsync(directory, arguments, limits.Ask, token);

    public Task<GitAnswer> TransferAsync(string directory, ImmutableArray<string> arguments, CancellationToken token) =>
        RunAsync(directory, arguments, limits.Transfer, token);

    private async Task<GitAnswer> RunAsync(string directory, ImmutableArray<string> arguments, TimeSpan timeout, CancellationToken token)
    {
        ImmutableArray<string> argv =
        [
            "git",
            // The daemon is often root and the repository somebody's own: for this one command every owner is trusted, and nothing of theirs is run.
            "-c", "safe.directory=*",
            "-c", "core.hooksPath=/dev/null",
            "-c", "core.fsmonitor=false",
            "-c", "core.quotePath=false",
            "-c", "advice.detachedHead=false",
            "-c", "gc.auto=0",
            "-c", "maintenance.auto=false",
            .. arguments,
        ];
        var lines = ImmutableArray.CreateBuilder<string>();
        var gate = new Lock();
        var kept = 0L;
        void Keep(string line)
        {
            lock (gate)
            {
                // What came after the end is left out, and nothing between: whoever counts must not count holes.
                kept += line.Length;
                if (lines.Count < MostLines && kept <= MostCharacters)
                {
                    lines.Add(line);
                }
            }
        }

        var outcome = await commands.RunAsync(new(new CommandSpec(argv, false, SourceSpan.None), directory, s_environment, null, timeout), Keep, token).ConfigureAwait(false);
        lock (gate)
        {
            return new(outcome, lines.ToImmutable());
        }
    }
}
