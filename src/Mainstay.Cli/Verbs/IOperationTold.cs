using Mainstay.Contracts.Rollouts;

namespace Mainstay.Cli.Verbs;

/// <summary>What the command says of an operation besides what the operation says itself.</summary>
internal interface IOperationTold
{
    /// <summary>The rollout as it is now; returns what to show of it before the progress goes on.</summary>
    IReadOnlyList<string> Heard(RolloutRecord rollout);

    /// <summary>Ctrl-C: what goes on without the command, and how to look after it.</summary>
    IReadOnlyList<string> Interrupted(string what);

    /// <summary>The daemon ended before there was a result.</summary>
    IReadOnlyList<string> WentAway(string what);

    /// <summary>What serves now, after a result that is no success.</summary>
    IReadOnlyList<string> Failed();
}

/// <summary>For everything but rollouts.</summary>
internal sealed class ServicesTold(VerbContext context) : IOperationTold
{
    public IReadOnlyList<string> Heard(RolloutRecord rollout) => [];

    public IReadOnlyList<string> Interrupted(string what) => [$"interrupted: the daemon goes on with {what}", "  try: mainstay status   (shows how far it is)"];

    public IReadOnlyList<string> WentAway(string what) =>
    [
        $"the daemon went away during {what}; services keep running",
        "  try: mainstay status   (starts a daemon, which adopts what runs)",
        $"  try: tail {context.Home.DaemonLog}   (why it went)",
    ];

    public IReadOnlyList<string> Failed() => [];
}
