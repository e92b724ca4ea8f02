using System.Globalization;
using Mainstay.Linux.Processes;
using Mainstay.Linux.Signals;

namespace Mainstay.Supervisor.Instances;

/// <summary>Exits, durations and sizes in the words that users read.</summary>
internal static class ExitText
{
    public static string Of(ExitStatus exit) => exit switch
    {
        { OutOfMemory: true } => "was killed by the kernel: out of memory",
        { Code: { } code and > 128 and <= 128 + 31 } => string.Create(CultureInfo.InvariantCulture, $"exited with code {code} (what a shell reports for {SignalNumber.NameOf(code - 128)})"),
        { Code: { } code } => string.Create(CultureInfo.InvariantCulture, $"exited with code {code}"),
        { Signal: { } signal } => $"was killed by {SignalNumber.NameOf(signal)}",
        _ => "ended while no daemon watched it, so nobody knows its exit code",
    };

    public static string Of(TimeSpan span) => span switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, span.TotalSeconds):0.#} s"),
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0} days"),
    };

    public static string OfBytes(long bytes) => bytes < 10_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB");
}
