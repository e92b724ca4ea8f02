namespace Mainstay.Linux.Processes;

/// <summary>What came of a spawn.</summary>
public abstract record SpawnOutcome
{
    private SpawnOutcome()
    {
    }

    /// <summary>The program runs: the kernel has accepted the exec. The caller owns the process.</summary>
    public sealed record Started(PidFd Process) : SpawnOutcome;

    /// <param name="Message">One sentence for the screen, without the stage.</param>
    public sealed record Failed(SpawnStage Stage, int Errno, string Message) : SpawnOutcome;
}

/// <summary>The steps between the wish and the running program, in their order.</summary>
public enum SpawnStage
{
    LookingUpUser,
    OpeningLogPipe,
    SwitchingUser,
    FindingProgram,
    Forking,
    JoiningCgroup,
    LimitingOpenFiles,
    ChangingDirectory,
    Executing,
}

/// <summary>One phrase for each stage.</summary>
public static class SpawnStages
{
    public static string Phrase(this SpawnStage stage) => stage switch
    {
        SpawnStage.LookingUpUser => "looking up the user",
        SpawnStage.OpeningLogPipe => "opening the log pipe",
        SpawnStage.SwitchingUser => "switching to the user",
        SpawnStage.FindingProgram => "finding the program",
        SpawnStage.Forking => "making a process",
        SpawnStage.JoiningCgroup => "joining the cgroup",
        SpawnStage.LimitingOpenFiles => "setting the open-files limit",
        SpawnStage.ChangingDirectory => "changing to the directory",
        SpawnStage.Executing => "executing",
    };
}
