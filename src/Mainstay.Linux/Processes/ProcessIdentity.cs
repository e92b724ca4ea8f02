namespace Mainstay.Linux.Processes;

/// <summary>A process that cannot be mistaken for a later one with the same pid. <paramref name="StartTicks"/> is field 22 of /proc/PID/stat (clock ticks since boot).</summary>
public readonly record struct ProcessIdentity(int Pid, long StartTicks)
{
    public override string ToString() => $"{Pid}@{StartTicks}";
}
