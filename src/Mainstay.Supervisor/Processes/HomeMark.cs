using System.Text;
using Mainstay.Contracts;
using Mainstay.Spec.Diff;

namespace Mainstay.Supervisor.Processes;

/// <summary>What tells the processes of one home from those of every other: runs are counted in each home, and two homes may well have an <c>api-1.r5</c> each.</summary>
public sealed class HomeMark(HomeLayout home)
{
    /// <summary>Short, and the same for every daemon on this home.</summary>
    public string Digest { get; } = Sha256.Hex(Encoding.UTF8.GetBytes(Path.GetFullPath(home.Root)))[..12];

    /// <summary>The mark in the environment of a run's processes; no other home's process carries it.</summary>
    public string Of(string runId) => $"{Digest}/{runId}";
}
