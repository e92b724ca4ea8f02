using System.Collections.Immutable;

namespace Mainstay.Rollout.Ports;

/// <summary>What the kernel says of a process. Nothing that the process says of itself.</summary>
public interface IProcessFacts
{
    /// <summary>Null when the process has ended, or the pid belongs to another one by now.</summary>
    ProcessSight? Look(int pid, long startTime);

    /// <summary>The file that a program's name stands for: found in <paramref name="path"/>, links resolved, and for a script its interpreter. Null when there is none.</summary>
    ProgramSight? Resolve(string program, string directory, string path);

    /// <summary>The processes that it has started and that live.</summary>
    ImmutableArray<ChildProcess> Children(int pid) => [];
}

public readonly record struct ChildProcess(int Pid, long StartTime);

/// <param name="Executable">Of /proc/PID/exe; ends with <c> (deleted)</c> when the file was replaced.</param>
/// <param name="WorkingDirectory">Of /proc/PID/cwd, links resolved.</param>
/// <param name="Arguments">Of /proc/PID/cmdline.</param>
/// <param name="Environment">As given at its exec; null when it may not be read or the process has written over it.</param>
public sealed record ProcessSight(string Executable, string WorkingDirectory, ImmutableArray<string> Arguments, ImmutableSortedDictionary<string, string>? Environment)
{
    private const string Deleted = " (deleted)";

    /// <summary>The executable's path, also when it was replaced; of a program of many names (busybox) the one that it was called by.</summary>
    public string Program
    {
        get
        {
            var file = Executable.EndsWith(Deleted, StringComparison.Ordinal) ? Executable[..^Deleted.Length] : Executable;
            return Path.GetFileName(file) == "busybox" && Arguments is [var name, ..] ? name.TrimStart('-') : file;
        }
    }
}

/// <param name="Interpreter">Of a script's first line, links resolved; null for a binary.</param>
public sealed record ProgramSight(string File, string? Interpreter);
