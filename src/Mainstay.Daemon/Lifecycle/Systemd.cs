using System.Globalization;
using Mainstay.Linux.Proc;

namespace Mainstay.Daemon.Lifecycle;

/// <summary>Whether systemd keeps this very process, or only one of those that it descends from.</summary>
internal static class Systemd
{
    private const int Init = 1;

    /// <remarks>
    /// INVOCATION_ID alone does not tell: everything below a unit inherits it, a shell in a desktop's terminal too, and a daemon started there
    /// by hand must say that another runs. systemd 248 and newer name the process that they started themselves; of an older one it is the parent.
    /// </remarks>
    public static bool StartedUs(Func<string, string?> environment) => environment("SYSTEMD_EXEC_PID") is { Length: > 0 } started
        ? started == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
        : environment("INVOCATION_ID") is { Length: > 0 } && ProcStat.Read(Environment.ProcessId)?.Parent == Init;
}
