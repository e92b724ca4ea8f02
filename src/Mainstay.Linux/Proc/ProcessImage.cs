using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Mainstay.Linux.Processes;

namespace Mainstay.Linux.Proc;

/// <summary>What the kernel says that a process runs: program, directory, arguments and the environment of its exec.</summary>
/// <param name="Executable">Ends with <c> (deleted)</c> when the file is gone from its place.</param>
/// <param name="Environment">Null when it may not be read, or nothing is left of it.</param>
public sealed record ProcessImage(string Executable, string WorkingDirectory, ImmutableArray<string> Arguments, ImmutableSortedDictionary<string, string>? Environment)
{
    // The kernel takes at most 2 MB of arguments and environment by default.
    private const int MostBytes = 2 << 20;

    /// <summary>Null when that process is gone, or may not be looked into.</summary>
    public static ProcessImage? Read(ProcessIdentity process)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Pid}");
        var (executable, directory) = (Link($"{folder}/exe"), Link($"{folder}/cwd"));
        var arguments = Text($"{folder}/cmdline");
        var environment = Text($"{folder}/environ");

        // Last: had the pid been passed on meanwhile, part of what was read would be a stranger's.
        return executable is null || directory is null || ProcStat.Read(process.Pid) is not { IsDead: false } stat || stat.StartTicks != process.StartTicks
            ? null
            : new(executable, directory, [.. (arguments ?? "").TrimEnd('\0').Split('\0')], Variables(environment));
    }

    private static ImmutableSortedDictionary<string, string>? Variables(string? text)
    {
        var variables = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in (text ?? "").Split('\0'))
        {
            if (entry.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
            {
                variables[entry[..at]] = entry[(at + 1)..];
            }
        }

        return variables.Count == 0 ? null : variables.ToImmutable();
    }

    private static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's, or gone meanwhile.
            return null;
        }
    }

    private static string? Text(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var bytes = new MemoryStream();
            var buffer = new byte[16 * 1024];
            for (int read; bytes.Length < MostBytes && (read = file.Read(buffer)) > 0;)
            {
                bytes.Write(buffer, 0, read);
            }

            return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's, or gone meanwhile.
            return null;
        }
    }
}
