using System.Globalization;

namespace Mainstay.Harness.Processes;

/// <summary>One process for good: pids are reused, a pid together with its start time is not.</summary>
public readonly record struct ProcessMark(int Pid, long StartTicks)
{
    /// <summary>The process that has this pid now; null when there is none, or only a zombie.</summary>
    public static ProcessMark? Of(int pid) => ProcStat.Read(pid) is { IsZombie: false } stat ? new(pid, stat.StartTicks) : null;

    public bool IsAlive => Of(Pid) == this;

    public bool Send(Signal signal) => IsAlive && Kernel.Kill(Pid, (int)signal) == 0;

    public string CommandLine => ProcFs.CommandLine(Pid);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pid}@{StartTicks}");
}
