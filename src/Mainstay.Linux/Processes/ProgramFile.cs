using System.Runtime.InteropServices;
using System.Text;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Processes;

/// <summary>Finds the file behind argv[0] as a shell would, and says why the kernel would not run one. Judges with the calling thread's rights.</summary>
internal static class ProgramFile
{
    private const int X_OK = 1;
    private const string DefaultPath = "/usr/local/bin:/usr/bin:/bin";

    /// <summary>The path to execute, or the errno and the sentence why there is none.</summary>
    public static (string? Path, int Errno, string Message) Find(string name, string directory, string? searchPath)
    {
        if (name.Length == 0)
        {
            return (null, Errno.ENOENT, "the command is empty");
        }

        if (name.Contains('/'))
        {
            return (name, 0, "");
        }

        searchPath = string.IsNullOrEmpty(searchPath) ? DefaultPath : searchPath;
        string? forbidden = null;
        foreach (var entry in searchPath.Split(':'))
        {
            var candidate = Path.Combine(directory, entry, name);
            if (Directory.Exists(candidate))
            {
                continue;
            }

            if (Libc.Access(candidate, X_OK) == 0)
            {
                return (candidate, 0, "");
            }

            if (Marshal.GetLastPInvokeError() == Errno.EACCES)
            {
                forbidden ??= candidate;
            }
        }

        return forbidden is null
            ? (null, Errno.ENOENT, $"\"{name}\" is in none of the directories of PATH ({searchPath})")
            : (null, Errno.EACCES, $"{forbidden} may not be executed by this user");
    }

    /// <summary>Which of directory and program stopped a spawn that the kernel refused with <paramref name="errno"/>.</summary>
    public static (SpawnStage Stage, string Message) Explain(string program, string directory, int errno)
    {
        if (Libc.Access(directory, X_OK) != 0)
        {
            return (SpawnStage.ChangingDirectory, $"{directory}: {Errno.Describe(Marshal.GetLastPInvokeError())}");
        }

        if (!Directory.Exists(directory))
        {
            return (SpawnStage.ChangingDirectory, $"{directory} is not a directory");
        }

        if (errno is Errno.EAGAIN or Errno.ENOMEM)
        {
            return (SpawnStage.Forking, $"{Errno.Describe(errno)}: the limit of processes or of memory is reached");
        }

        var file = Path.Combine(directory, program);
        return (SpawnStage.Executing, errno switch
        {
            Errno.ENOENT when File.Exists(file) => Interpreter(file) is { } interpreter
                ? $"{file} needs the interpreter {interpreter}, which does not exist"
                : $"{file} needs an interpreter or loader that does not exist",
            Errno.ENOENT => $"{file} does not exist",
            Errno.EACCES when Directory.Exists(file) => $"{file} is a directory",
            Errno.EACCES when File.Exists(file) && Libc.Access(file, X_OK) != 0 => $"{file} is not executable for this user",
            Errno.EACCES => $"{file}: {Errno.Describe(errno)} (the file, its interpreter, a directory above it, or a file system mounted noexec)",
            Errno.ENOEXEC => $"{file} is neither a program for this machine nor a script that begins with #!",
            Errno.E2BIG => "the arguments and the environment are larger than the kernel takes",
            Errno.ETXTBSY => $"{file} is open for writing",
            _ => $"{file}: {Errno.Describe(errno)}",
        });
    }

    private static string? Interpreter(string file)
    {
        Span<byte> head = stackalloc byte[256];
        var length = Proc.ProcFile.Read(file, head);
        if (length < 3 || head[0] != '#' || head[1] != '!')
        {
            return null;
        }

        // A line end of Windows makes "/bin/sh\r" of the interpreter: the commonest cause of this error, and invisible on a screen.
        var line = Encoding.UTF8.GetString(head[2..length]).Split('\n')[0].Trim(' ', '\t');
        var name = line.Split(' ', '\t')[0];
        return name.EndsWith('\r') ? name.TrimEnd('\r') + "\\r (the script has Windows line ends)" : name;
    }
}
