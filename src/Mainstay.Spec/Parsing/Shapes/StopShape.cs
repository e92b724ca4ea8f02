using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class StopShape() : Shape<StopSpec>("stop")
{
    private static readonly string[] s_signals =
    [
        "SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGKILL", "SIGABRT", "SIGALRM", "SIGPIPE", "SIGCONT",
    ];

    private static readonly ParsedKind<string> s_kind = new(
        ManifestCodes.BadSignal,
        $"one of {string.Join(", ", s_signals)}",
        "SIGTERM",
        text => s_signals.FirstOrDefault(signal => Same(signal, text)),
        text => NearestWord.To(text, [.. s_signals, .. s_signals.Select(Short)]) is { } near ? $"write \"{s_signals.First(signal => Same(signal, near))}\"" : null);

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
        signal.Equals(text, StringComparison.OrdinalIgnoreCase) || Short(signal).Equals(text, StringComparison.OrdinalIgnoreCase);

    private static string Short(string signal) => signal["SIG".Length..];
}
