using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using Mainstay.Contracts;

namespace Mainstay.Cli;

/// <summary>The real terminal, environment and signals of this process, as a host for commands.</summary>
public static class ThisProcess
{
    /// <summary>Call once per process: it takes over SIGINT and SIGTERM. The first one interrupts the command, a second one ends the process.</summary>
    public static CliHost Host(TimeProvider time, Func<HomeLayout, CancellationToken, Task<StartedDaemon>> startDaemon)
    {
        var isTerminal = !Console.IsOutputRedirected;
        return new()
        {
            // Console.Out flushes every line with a system call; a long log through a pipe is an order of magnitude faster without.
            Out = Writer(Console.OpenStandardOutput(), autoFlush: false),
            Error = Writer(Console.OpenStandardError(), autoFlush: true),
            Environment = Variables(),
            Directory = System.Environment.CurrentDirectory,
            Time = time,
            StartDaemon = startDaemon,
            IsTerminal = isTerminal,
            Size = Size,
            ReadKey = ReadKeyAsync,
            Interrupted = InterruptedBySignal(),
            IsRoot = System.Environment.IsPrivilegedProcess,
        };
    }

    private static StreamWriter Writer(Stream stream, bool autoFlush) => new(stream, new UTF8Encoding(false), 16 * 1024) { AutoFlush = autoFlush, NewLine = "\n" };

    private static Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        return variables;
    }

    private static TerminalSize Size()
    {
        try
        {
            return new(Console.WindowWidth, Console.WindowHeight);
        }
        catch (IOException)
        {
            // The terminal went away (a closed ssh session); whatever is written now reaches nobody.
            return new(80, 24);
        }
    }

    private static async Task<char?> ReadKeyAsync(CancellationToken token)
    {
        if (Console.IsInputRedirected)
        {
            return null;
        }

        // The read itself cannot be cancelled; the process ends with it still waiting.
        return await Task.Run(() => Console.ReadKey(intercept: true).KeyChar, token).WaitAsync(token);
    }

    private static CancellationToken InterruptedBySignal()
    {
        var interrupted = new CancellationTokenSource();
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = !interrupted.IsCancellationRequested;
                interrupted.Cancel();
            });
        }

        return interrupted.Token;
    }
}
