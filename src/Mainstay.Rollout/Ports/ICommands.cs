using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Ports;

/// <summary>Runs the commands of a rollout: git, builds, migrations, backups. They die with the daemon; whoever needs them again runs them again.</summary>
public interface ICommands
{
    /// <summary>Returns when the command has ended, was killed with everything it started (time limit, <paramref name="token"/>), or could not be started. Never throws for what a user can cause.</summary>
    /// <param name="line">Called for each line of output as it comes, one after another, and never after this has returned. A slow one slows the command down, and nothing else.</param>
    Task<CommandOutcome> RunAsync(CommandRequest request, Action<string> line, CancellationToken token);
}

/// <param name="Environment">Declared variables; PATH, HOME, USER, LANG and TZ of the user are added.</param>
/// <param name="User">Null: whoever runs the daemon.</param>
public sealed record CommandRequest(CommandSpec Command, string Directory, ImmutableSortedDictionary<string, string> Environment, string? User, TimeSpan Timeout);

/// <summary>How a command ended. Exactly one of the first four says it.</summary>
/// <param name="NotStarted">Why it could not be started.</param>
/// <param name="LastLines">Of both streams together, at most 200 lines of at most 1,000 characters.</param>
public sealed record CommandOutcome(int? ExitCode, string? Signal, bool TimedOut, string? NotStarted, TimeSpan Took, ImmutableArray<string> LastLines)
{
    public bool Succeeded => ExitCode == 0;
}
