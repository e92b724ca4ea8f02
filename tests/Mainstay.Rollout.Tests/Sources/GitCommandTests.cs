using System.Collections.Immutable;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Sources;

namespace Mainstay.Rollout.Tests.Sources;

public sealed class GitCommandTests
{
    [Theory]
    [InlineData(3, 2 * GitCommand.MostLines, GitCommand.MostLines)]
    [InlineData(16 * 1024, 100_000, GitCommand.MostCharacters / (16 * 1024))]
    public async Task What_git_says_is_kept_up_to_a_bound_of_lines_and_of_characters(int length, int lines, int kept)
    {
        var git = new GitCommand(new Talkative(new string('x', length), lines), SourceLimits.Default);
        Assert.Equal(kept, (await git.AskAsync("/", ["status"], TestContext.Current.CancellationToken)).Lines.Length);
    }

    private sealed class Talkative(string text, int lines) : ICommands
    {
        public Task<CommandOutcome> RunAsync(CommandRequest request, Action<string> line, CancellationToken token)
        {
            for (var i = 0; i < lines; i++)
            {
                line(text);
            }

            return Task.FromResult(new CommandOutcome(0, null, false, null, TimeSpan.Zero, ImmutableArray<string>.Empty));
        }
    }
}
