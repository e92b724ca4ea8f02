using System.Collections.Immutable;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Building;

/// <summary>Copies files and gives them away as only the daemon's user may, by the host's own <c>cp</c> and <c>chown</c>.</summary>
/// <remarks>
/// Both often run as root and walk through what somebody else may write to: they get nothing that a service declares (not its PATH, not its
/// LD_PRELOAD), and unlike a walk by paths of our own they follow no link that is put in their way meanwhile.
/// </remarks>
internal sealed class HostFiles(ICommands commands)
{
    /// <summary>What the daemon has made belongs to the daemon's user; another one could not write to it, and perhaps not even read it.</summary>
    /// <param name="whole">With all that it holds.</param>
    /// <param name="what">What it is, for the sentence about a failure.</param>
    /// <returns>Null when it is given, or need not be.</returns>
    public async Task<WorkOutcome?> GiveToUserAsync(ReleaseContext context, string path, bool whole, string what, TimeSpan timeout, CancellationToken token)
    {
        if (context.User is not { } user || user == Environment.UserName)
        {
            return null;
        }

        ImmutableArray<string> options = whole ? ["-R", "-h"] : ["-h"];
        var outcome = await RunAsync(["chown", .. options, "--", $"{user}:", path], timeout, token).ConfigureAwait(false);
        return outcome.Succeeded ? null : WorkOutcome.Failed($"{what} could not be given to the user {user}: chown {CommandEnd.Of(outcome)}", context.LastLines("chown", outcome));
    }

    /// <summary>Copies a file or a whole tree with owners, modes, times and whatever else the file systems keep.</summary>
    /// <param name="from">May itself be a link; those within are copied as links.</param>
    /// <param name="to">Does not exist yet.</param>
    /// <exception cref="IOException">It could not be copied whole; the message is for the user.</exception>
    public async Task CopyAsync(string from, string to, TimeSpan timeout, CancellationToken token)
    {
        var outcome = await RunAsync(["cp", "-a", "-H", "-T", "--", from, to], timeout, token).ConfigureAwait(false);
        if (!outcome.Succeeded)
        {
            throw new IOException($"{from} could not be copied: cp {CommandEnd.Of(outcome)}{string.Concat(outcome.LastLines.Take(3).Select(l => $"; {l}"))}");
        }
    }

    private async Task<CommandOutcome> RunAsync(ImmutableArray<string> argv, TimeSpan timeout, CancellationToken token)
    {
        var request = new CommandRequest(new CommandSpec(argv, false, SourceSpan.None), "/", ImmutableSortedDictionary<string, string>.Empty, null, timeout);
        var outcome = await commands.RunAsync(request, _ => { }, token).ConfigureAwait(false);
        token.ThrowIfCancellationRequested();
        return outcome;
    }
}
