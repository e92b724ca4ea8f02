namespace Mainstay.Simulation.Tests.World;

/// <summary>How the processes of one release behave. Times are from the start of the process and vary a little from run to run.</summary>
/// <param name="Boot">Until it listens.</param>
/// <param name="DiesAfter">Exits by itself.</param>
/// <param name="StopTakes">From SIGTERM to the exit; null: SIGTERM is ignored.</param>
/// <param name="HangsAfter">Lives on, answers no more.</param>
/// <param name="Errors">Share of its requests that fail.</param>
/// <param name="AnswersWrongly">The questions of a rollout.</param>
/// <param name="LeavesChild">Starts something that outlives it and holds its port, until the tree is killed.</param>
internal sealed record SimProgram(
    string Name,
    TimeSpan Boot,
    bool NeverReady = false,
    TimeSpan? DiesAfter = null,
    int? ExitCode = 1,
    TimeSpan? StopTakes = null,
    TimeSpan? HangsAfter = null,
    bool LeavesChild = false,
    long Memory = 50_000_000,
    double Errors = 0,
    bool AnswersWrongly = false)
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(80);

    public static SimProgram Good { get; } = new("good", TimeSpan.FromMilliseconds(120), StopTakes: Quick);

    public static SimProgram Slow { get; } = new("slow", TimeSpan.FromSeconds(3), StopTakes: TimeSpan.FromSeconds(2), LeavesChild: true);

    public static SimProgram DiesAtOnce { get; } = new("dies at once", Quick, DiesAfter: TimeSpan.FromMilliseconds(30), StopTakes: Quick);

    public static SimProgram DiesLate { get; } = new("dies late", Quick, DiesAfter: TimeSpan.FromSeconds(1.3), StopTakes: Quick, LeavesChild: true);

    public static SimProgram DiesAfterSpells { get; } = new("dies after healthy spells", Quick, DiesAfter: TimeSpan.FromSeconds(47), StopTakes: Quick);

    public static SimProgram ExitsCleanly { get; } = new("exits with 0", Quick, DiesAfter: TimeSpan.FromSeconds(4), ExitCode: 0, StopTakes: Quick);

    public static SimProgram NeverListens { get; } = new("never listens", TimeSpan.FromSeconds(1), NeverReady: true, StopTakes: null);

    public static SimProgram Hangs { get; } = new("hangs", Quick, HangsAfter: TimeSpan.FromSeconds(20), StopTakes: null);

    public static SimProgram Stubborn { get; } = new("ignores SIGTERM", Quick, StopTakes: null, LeavesChild: true);

    public static SimProgram Greedy { get; } = new("over its memory limit", Quick, StopTakes: Quick, Memory: 900_000_000);

    public static SimProgram Failing { get; } = new("answers with errors", Quick, StopTakes: Quick, Errors: 0.2);

    public static SimProgram Wrong { get; } = new("answers, but not what is asked", Quick, StopTakes: Quick, AnswersWrongly: true);

    public static SimProgram[] Healthy { get; } = [Good, Slow, Stubborn];

    /// <summary>Never become ready.</summary>
    public static SimProgram[] Broken { get; } = [DiesAtOnce, NeverListens];

    public static SimProgram[] All { get; } = [Good, Good, Slow, Stubborn, DiesAtOnce, DiesLate, DiesAfterSpells, ExitsCleanly, NeverListens, Hangs, Greedy];
}
