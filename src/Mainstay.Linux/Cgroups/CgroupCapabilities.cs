namespace Mainstay.Linux.Cgroups;

/// <summary>What cgroup v2 gives us on this host.</summary>
/// <param name="Tracking">Trees are held together and killed at once.</param>
/// <param name="Because">One sentence for the screen on what is missing and why; empty when nothing is.</param>
public sealed record CgroupCapabilities(bool Tracking, bool MemoryLimit, bool CpuLimit, string Because);
