using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class ResourcesShape() : Shape<ResourcesSpec>("resources")
{
    private static readonly SizeKind s_size = new(1_000_000, 1_000_000_000_000_000, "500MB");

    private static readonly Key<long> s_memory = new("memory", s_size, 0, "The most memory that the whole process tree may use.", "no limit")
    {
        AlsoKnownAs = ["mem_limit", "memory_limit", "memory_max", "MemoryMax", "max_memory_restart", "max_memory"],
    };

    private static readonly Key<long> s_memoryWarn = new("memory_warn", s_size, 0, "From here on a warning is shown.", "none") { AlsoKnownAs = ["MemoryHigh", "memory_high"] };

    private static readonly Key<double> s_cpus = new("cpus", new DecimalKind(0.01, 4096, "1.5"), 0, "The most processor time, in cores.", "no limit") { AlsoKnownAs = ["cpu", "CPUQuota"] };

    private static readonly Key<int> s_openFiles = new("open_files", new WholeNumberKind(64, 1_073_741_816, "65535"), 0, "The most open files of one process.", "the host's")
    {
        AlsoKnownAs = ["nofile", "ulimits", "LimitNOFILE", "max_open_files"],
    };

    public override ImmutableArray<Key> Keys { get; } = [s_memory, s_memoryWarn, s_cpus, s_openFiles];

    protected override ResourcesSpec Build(Fields fields)
    {
        var (memory, warn) = (fields.ReadOrNull(s_memory), fields.ReadOrNull(s_memoryWarn));
        if (warn >= memory)
        {
            fields.Report(
                ManifestCodes.ValuesDisagree, s_memoryWarn, $"memory_warn is {SizeText.Format(warn!.Value)}, but memory ends at {SizeText.Format(memory!.Value)}", "let memory_warn be smaller than memory");
        }

        return new ResourcesSpec(memory, warn, fields.ReadOrNull(s_cpus), fields.ReadOrNull(s_openFiles));
    }
}

internal sealed class StopShape() : Shape<StopSpec>("stop")
{
    private static readonly string[] s_signals =
    [
        "SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGKILL", "SIGABRT", "SIGALRM", "SIGPIPE", "SIGCONT",
    ];

    private static readonly ParsedKind<string> s_kind = new(
        ManifestCodes.BadSignal, $"one of {string.Join(", ", s_signals)}", "SIGTERM", text => s_signals.FirstOrDefault(s => Same(s, text)),
        text => NearestWord.To(text, [.. s_signals, .. s_signals.Select(s => s[3..])]) is { } near ? $"write \"{(near.StartsWith("SIG", StringComparison.Ordinal) ? near : $"SIG{near}")}\"" : null);

    private static readonly Key<string> s_signal = new("signal", s_kind, StopSpec.Default.Signal, "The signal that asks the main process to stop.")
    {
        AlsoKnownAs = ["stop_signal", "kill_signal", "KillSignal"],
    };

    private static readonly Key<TimeSpan> s_grace = new(
        "grace", new DurationKind(TimeSpan.Zero, TimeSpan.FromHours(24), "30s"), StopSpec.Default.Grace, "How long to wait before the whole process tree is killed.")
    {
        AlsoKnownAs = ["timeout", "stop_grace_period", "kill_timeout", "TimeoutStopSec"],
    };

    public override ImmutableArray<Key> Keys { get; } = [s_signal, s_grace];

    protected override StopSpec Build(Fields fields) => new(fields.Read(s_signal), fields.Read(s_grace));

    private static bool Same(string signal, string text) =>
        signal.Equals(text, StringComparison.OrdinalIgnoreCase) || signal[3..].Equals(text, StringComparison.OrdinalIgnoreCase);
}

internal sealed class LogsShape() : Shape<LogsSpec>("logs")
{
    private static readonly Key<long> s_maxSize = new("max_size", new SizeKind(10_000, 1_000_000_000_000, "50MB"), LogsSpec.Default.MaxSize, "From this size on a log file is put aside and a new one begun.")
    {
        AlsoKnownAs = ["max-size", "size"],
    };

    private static readonly Key<int> s_maxFiles = new("max_files", new WholeNumberKind(1, 1000, "10"), LogsSpec.Default.MaxFiles, "How many files are kept, the live one included.")
    {
        AlsoKnownAs = ["max-file", "files", "retain"],
    };

    public override ImmutableArray<Key> Keys { get; } = [s_maxSize, s_maxFiles];

    protected override LogsSpec Build(Fields fields) => new(fields.Read(s_maxSize), fields.Read(s_maxFiles));
}

internal static partial class UserKind
{
    public static TextKind Kind { get; } = new(
        "a user name or a user id", "app", ManifestCodes.BadUser, Pattern(),
        hint: text => text.Contains(':', StringComparison.Ordinal) ? "write only the user; the group is the user's own" : null);

    [GeneratedRegex(@"^([A-Za-z_][A-Za-z0-9_.-]{0,30}\$?|[0-9]{1,9})$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
