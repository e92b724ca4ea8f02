using System.Globalization;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Processes;

/// <summary>The text of sd_notify: one NAME=value in each line. Unknown names are for others and are passed over.</summary>
internal static class NotifyProtocol
{
    private const int LongestStatus = 256;

    public static NotifyMessage Parse(string datagram, int senderPid)
    {
        var message = new NotifyMessage(false, false, false, false, false, null, null, null, senderPid);
        foreach (var line in datagram.Split('\n'))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                message = Apply(message, line[..equals], line[(equals + 1)..]);
            }
        }

        return message;
    }

    private static NotifyMessage Apply(NotifyMessage message, string name, string value) => (name, value) switch
    {
        ("READY", "1") => message with { Ready = true },
        ("RELOADING", "1") => message with { Reloading = true },
        ("STOPPING", "1") => message with { Stopping = true },
        ("WATCHDOG", "1") => message with { Watchdog = true },
        ("WATCHDOG", "trigger") => message with { WatchdogTrigger = true },
        ("STATUS", _) => message with { Status = OneLine(value) },
        ("EXTEND_TIMEOUT_USEC", _) when Microseconds(value) is { } extension => message with { ExtendTimeout = extension },
        ("MAINPID", _) when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 1 => message with { MainPid = pid },
        _ => message,
    };

    private static TimeSpan? Microseconds(string value)
    {
        // More than a day is no extension but a mistake, or an attempt to switch the limit off.
        var longest = TimeSpan.FromDays(1);
        return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            ? microseconds < longest.TotalMicroseconds ? TimeSpan.FromMicroseconds(microseconds) : longest
            : null;
    }

    /// <summary>It is shown on terminals: no control characters, and not without end.</summary>
    private static string OneLine(string value) =>
        string.Create(Math.Min(value.Length, LongestStatus), value, (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
}
