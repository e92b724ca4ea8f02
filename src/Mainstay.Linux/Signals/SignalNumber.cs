namespace Mainstay.Linux.Signals;

/// <summary>Signal numbers, which are the same on x86-64 and arm64.</summary>
public static class SignalNumber
{
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGQUIT = 3;
    public const int SIGKILL = 9;
    public const int SIGUSR1 = 10;
    public const int SIGUSR2 = 12;
    public const int SIGTERM = 15;
    public const int SIGCHLD = 17;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;

    private static readonly (string Name, string Meaning)[] Table =
    [
        ("0", ""), ("SIGHUP", "hangup"), ("SIGINT", "interrupt"), ("SIGQUIT", "quit"), ("SIGILL", "illegal instruction"), ("SIGTRAP", "trace trap"),
        ("SIGABRT", "aborted"), ("SIGBUS", "bus error"), ("SIGFPE", "arithmetic error"), ("SIGKILL", "killed"), ("SIGUSR1", "user signal 1"),
        ("SIGSEGV", "segmentation fault"), ("SIGUSR2", "user signal 2"), ("SIGPIPE", "wrote to a closed pipe"), ("SIGALRM", "alarm clock"),
        ("SIGTERM", "asked to terminate"), ("SIGSTKFLT", "stack fault"), ("SIGCHLD", "child changed"), ("SIGCONT", "continue"), ("SIGSTOP", "stopped"),
        ("SIGTSTP", "stopped from the terminal"), ("SIGTTIN", "read from the terminal"), ("SIGTTOU", "wrote to the terminal"), ("SIGURG", "urgent data"),
        ("SIGXCPU", "CPU time limit exceeded"), ("SIGXFSZ", "file size limit exceeded"), ("SIGVTALRM", "virtual alarm"), ("SIGPROF", "profiling alarm"),
        ("SIGWINCH", "window changed"), ("SIGIO", "I/O possible"), ("SIGPWR", "power failure"), ("SIGSYS", "forbidden system call"),
    ];

    private const int FirstRealTime = 34;
    private const int LastRealTime = 64;

    /// <summary>SIGTERM, SIGRTMIN+3; a bare number for one that has no name.</summary>
    public static string NameOf(int signal) => signal switch
    {
        >= 1 and <= 31 => Table[signal].Name,
        FirstRealTime => "SIGRTMIN",
        > FirstRealTime and <= LastRealTime => $"SIGRTMIN+{signal - FirstRealTime}",
        _ => $"signal {signal}",
    };

    /// <summary>Understands SIGTERM, TERM, sigterm, 15, SIGRTMIN+3 and SIGRTMAX-1.</summary>
    public static bool TryParse(string text, out int signal)
    {
        signal = 0;
        if (int.TryParse(text, out var number))
        {
            signal = number;
            return number is >= 1 and <= LastRealTime;
        }

        var name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text : "SIG" + text;
        if (RealTime(name, "SIGRTMIN", FirstRealTime, 1) is { } low)
        {
            signal = low;
        }
        else if (RealTime(name, "SIGRTMAX", LastRealTime, -1) is { } high)
        {
            signal = high;
        }
        else
        {
            signal = Array.FindIndex(Table, 1, entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        }

        return signal > 0;
    }

    /// <summary>"killed by SIGSEGV (segmentation fault)".</summary>
    public static string DescribeDeath(int signal) => signal is >= 1 and <= 31 and not SIGKILL
        ? $"killed by {NameOf(signal)} ({Table[signal].Meaning})"
        : $"killed by {NameOf(signal)}";

    private static int? RealTime(string name, string prefix, int origin, int direction)
    {
        if (!name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (name.Length == prefix.Length)
        {
            return origin;
        }

        var sign = direction > 0 ? '+' : '-';
        return name[prefix.Length] == sign && int.TryParse(name.AsSpan(prefix.Length + 1), out var offset)
            && offset is >= 0 and <= LastRealTime - FirstRealTime
            ? origin + (direction * offset)
            : null;
    }
}
