using Mainstay.Cli.Output.Rollouts;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Cli.Verbs;

/// <summary>For <c>rollout pause|resume|abort</c>: the plan was shown when the rollout began.</summary>
internal sealed class WishTold(VerbContext context, long number) : IOperationTold
{
    private RolloutRecord? _rollout;

    public IReadOnlyList<string> Heard(RolloutRecord rollout)
    {
        _rollout = rollout;
        return [];
    }

    public IReadOnlyList<string> Interrupted(string what) =>
        [$"interrupted: the daemon goes on with {what} of rollout {number}", "  try: mainstay rollout show   (shows how far it is)"];

    public IReadOnlyList<string> WentAway(string what) =>
    [
        $"the daemon went away during {what}; services keep running, and the next daemon goes on with rollout {number}",
        "  try: mainstay rollout show   (starts a daemon, which takes over; shows whether the wish was noted)",
        $"  try: tail {context.Home.DaemonLog}   (why it went)",
    ];

    public IReadOnlyList<string> Failed() => _rollout is { HasEnded: true } rollout ? [RolloutWords.ServesNow(rollout)] : [];
}
