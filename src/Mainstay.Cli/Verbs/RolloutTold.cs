using Mainstay.Cli.Output.Rollouts;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Cli.Verbs;

/// <summary>For <c>deploy</c> and <c>rollback</c>: the plan first, what serves last, and where the rollout is when the command goes.</summary>
internal sealed class RolloutTold(VerbContext context, bool dryRun) : IOperationTold
{
    private RolloutRecord? _rollout;

    /// <summary>A record comes twice: the first is the plan, the second what came of it.</summary>
    public IReadOnlyList<string> Heard(RolloutRecord rollout)
    {
        var isPlan = _rollout is null;
        _rollout = rollout;
        return isPlan ? PlanText.Of(rollout, dryRun, context.Screen.Width, context.Screen.Colours) : [];
    }

    public IReadOnlyList<string> Interrupted(string what) => (dryRun, _rollout) switch
    {
        (true, _) => ["interrupted: a dry run changes nothing"],
        (_, null) => [$"interrupted: no rollout had begun, and the daemon drops the {what}", "  try: mainstay rollouts   (shows whether one began at that very moment)"],
        (_, { } rollout) =>
        [
            $"interrupted: the daemon goes on with {Name(rollout)}",
            "  try: mainstay rollout show     (how far it is; mainstay events -f follows it)",
            "  try: mainstay rollout pause    (after the step under way, until mainstay rollout resume)",
            "  try: mainstay rollout abort    (back to what served before)",
        ],
    };

    public IReadOnlyList<string> WentAway(string what) =>
    [
        $"the daemon went away during {what}; services keep running{(dryRun ? "" : $", and the next daemon goes on with {(_rollout is null ? "the rollout, if it began" : Name(_rollout))}")}",
        dryRun ? "  try: the same command again (it starts a daemon)" : "  try: mainstay rollout show   (starts a daemon, which takes over)",
        $"  try: tail {context.Home.DaemonLog}   (why it went)",
    ];

    public IReadOnlyList<string> Failed() => _rollout is { HasEnded: true } rollout && !dryRun
        ? [RolloutWords.ServesNow(rollout), $"  try: mainstay report {rollout.Number}   (the whole story)"]
        : [];

    private static string Name(RolloutRecord rollout) => $"rollout {rollout.Number} ({RolloutWords.Of(rollout.Kind)} of {rollout.Stack})";
}
