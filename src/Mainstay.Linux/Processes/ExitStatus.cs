namespace Mainstay.Linux.Processes;

/// <summary>How a process ended. Exactly one of <paramref name="Code"/> and <paramref name="Signal"/> is set, or neither when nobody could tell us.</summary>
/// <param name="OutOfMemory">The kernel killed it for memory, as its cgroup or the kernel's counters say.</param>
public readonly record struct ExitStatus(int? Code, int? Signal, bool OutOfMemory = false)
{
    public static ExitStatus Unknown { get; }
}
