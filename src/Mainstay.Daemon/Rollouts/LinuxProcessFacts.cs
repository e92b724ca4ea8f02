using System.Collections.Immutable;
using System.Text;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Processes;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;

namespace Mainstay.Daemon.Rollouts;

/// <summary>Processes and programs as this host's kernel knows them.</summary>
internal sealed class LinuxProcessFacts : IProcessFacts
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // As many as the kernel follows: an interpreter may itself be a script.
    private const int MostInterpreters = 4;

    public ProcessSight? Look(int pid, long startTime) => ProcessImage.Read(new ProcessIdentity(pid, startTime)) is { } image
        ? new(image.Executable, image.WorkingDirectory, image.Arguments, image.Environment)
        : null;

    public ProgramSight? Resolve(string program, string directory, string path)
    {
        if (Find(program, directory, path) is not { } file)
        {
            return null;
        }

        string? interpreter = null;
        var script = file;
        for (var depth = 0; depth < MostInterpreters && InterpreterOf(script) is { } line; depth++)
        {
            if (Named(line, directory, path) is not { } next)
            {
                break;
            }

            interpreter = script = next;
        }

        return new(file, interpreter);
    }

    // The kernel's own list of children is not there on every host.
    public ImmutableArray<ChildProcess> Children(int pid) =>
        [.. ProcTable.Snapshot().ChildrenOf(pid).Where(c => !c.IsDead).Select(c => new ChildProcess(c.Pid, c.StartTicks))];

    /// <summary><c>#!/usr/bin/env node</c> means node.</summary>
    private static string? Named(string line, string directory, string path)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            return null;
        }

        return Path.GetFileName(words[0]) == "env"
            ? words.Skip(1).FirstOrDefault(w => !w.StartsWith('-') && !w.Contains('=')) is { } name ? Find(name, directory, path) : null
            : Find(words[0], directory, path);
    }

    private static string? Find(string program, string directory, string path)
    {
        var places = program.Contains('/') ? [Path.Combine(directory, program)] : path.Split(':').Select(p => Path.Combine(directory, p, program));
        return places.Where(IsProgram).Select(RealPath.Of).FirstOrDefault(p => p is not null);
    }

    private static bool IsProgram(string file)
    {
        try
        {
            return File.Exists(file) && (File.GetUnixFileMode(file) & Executable) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What we may not look at, we could not have started.
            return false;
        }
    }

    private static string? InterpreterOf(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            Span<byte> head = stackalloc byte[256];
            var text = Encoding.UTF8.GetString(head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
            return text.StartsWith("#!", StringComparison.Ordinal) ? text[2..].Split('\n')[0].Trim() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A program that may be executed but not read is a binary.
            return null;
        }
    }
}
