namespace Mainstay.Supervisor.Instances;

/// <summary>Signal numbers of Linux on x86-64 and arm64, which agree.</summary>
internal static class SignalNames
{
    public const int Terminate = 15;

    private static readonly string[] Names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
        "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    public static string NameOf(int signal) => signal > 0 && signal < Names.Length ? Names[signal] : $"signal {signal}";

    /// <summary>The manifest was validated; a name that is not known here can only come from a newer one, and SIGTERM is the safe reading.</summary>
    public static int NumberOf(string name)
    {
        var index = Array.IndexOf(Names, name.StartsWith("SIG", StringComparison.Ordinal) ? name : "SIG" + name);
        return index > 0 ? index : Terminate;
    }
}
