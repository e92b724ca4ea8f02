using System.Runtime.InteropServices;

namespace Mainstay.Harness.Processes;

/// <summary>The signals that tests and benchmarks send, with Linux's numbers.</summary>
public enum Signal
{
    Int = 2,
    Kill = 9,
    Segv = 11,
    Term = 15,
    Cont = 18,
    Stop = 19,
}

internal static class Kernel
{
    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static extern int Kill(int pid, int signal);
}
