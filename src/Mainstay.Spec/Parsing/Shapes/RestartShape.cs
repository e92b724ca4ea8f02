using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class RestartShape() : Shape<RestartSpec>("restart")
{
    private static readonly RestartSpec s_default = RestartSpec.Default;

    public static WordKind<RestartKind> Policies { get; } = new(
        ("always", RestartKind.Always),
        ("on-failure", RestartKind.OnFailure),
        ("never", RestartKind.Never),
        ("no", RestartKind.Never),
        ("unless-stopped", RestartKind.Always));

    private static readonly Key<RestartKind> s_policy = new(
        "policy", Policies, s_default.Policy,
        "When an exit that nobody asked for is answered by a new start; on-failure means an exit code other than 0, or a signal.");

    private static readonly Key<int> s_maxRestarts = new(
        "max_restarts", new WholeNumberKind(0, 100_000, "10"), s_default.MaxRestarts, "How many restarts within the window are made before the instance is parked.")
    {
        AlsoKnownAs = ["maxrestarts", "max_attempts", "StartLimitBurst"],
    };

    private static readonly Key<TimeSpan> s_window = new(
        "window", new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), "10m"), s_default.Window, "The sliding window in which restarts are counted.")
    {
        AlsoKnownAs = ["StartLimitIntervalSec"],
    };

    private static readonly Key<BackoffDraft> s_backoff = new(
        "backoff", new BackoffShape(), new BackoffDraft(s_default.BackoffInitial, s_default.BackoffMax), "How long to wait before a restart.", "see below")
    {
        AlsoKnownAs = ["delay", "restart_delay", "RestartSec"],
    };

    private static readonly Key<ImmutableArray<Item<int>>> s_stopExitCodes = new(
        "stop_exit_codes", new ListKind<int>(new WholeNumberKind(0, 255, "0"), "a list of exit codes", orOne: true), [],
        "Exit codes after which the service is not started again.");

    private static readonly Key<AfterLimit> s_afterLimit = new(
        "after_limit",
        new ShortKind<AfterLimit, AfterLimit>(new AfterLimitShape(), AfterLimit.Written, limit => limit, limit => limit.ToString()),
        new AfterLimit(null),
        "What follows once the limit is reached: stay parked, or try again every so often.");

    public override ImmutableArray<Key> Keys { get; } = [s_policy, s_maxRestarts, s_window, s_backoff, s_stopExitCodes, s_afterLimit];

    protected override RestartSpec Build(Fields fields)
    {
        var backoff = fields.Read(s_backoff);
        return new RestartSpec(
            fields.Read(s_policy),
            fields.Read(s_maxRestarts),
            fields.Read(s_window),
            backoff.Initial,
            backoff.Max,
            fields.Read(s_stopExitCodes).Values(),
            fields.Read(s_afterLimit).RetryEvery);
    }
}

internal sealed record BackoffDraft(TimeSpan Initial, TimeSpan Max);

internal sealed class BackoffShape() : Shape<BackoffDraft>("backoff")
{
    // Never zero: a crash is never answered by a start without a delay.
    private static readonly DurationKind s_delay = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), "200ms");

    private static readonly Key<TimeSpan> s_initial = new(
        "initial",
        s_delay,
        RestartSpec.Default.BackoffInitial,
        "The wait before the first restart; it doubles with each further one.");

    private static readonly Key<TimeSpan> s_max = new("max", s_delay, RestartSpec.Default.BackoffMax, "The longest wait.");

    public override ImmutableArray<Key> Keys { get; } = [s_initial, s_max];

    protected override BackoffDraft Build(Fields fields)
    {
        var (initial, max) = (fields.Read(s_initial), fields.Read(s_max));
        if (initial > max && fields.Has(s_max))
        {
            fields.Report(
                ManifestCodes.ValuesDisagree,
                s_max,
                $"max is {DurationText.Format(max)}, but initial is already {DurationText.Format(initial)}",
                "let max be at least initial");
        }

        // A first wait above the default longest one means that waits do not grow.
        return new BackoffDraft(initial, initial > max ? initial : max);
    }
}

/// <summary>Null means: stay parked.</summary>
internal sealed record AfterLimit(TimeSpan? RetryEvery)
{
    public static DurationKind Interval { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), "5m");

    public static ParsedKind<AfterLimit> Written { get; } = new(
        ManifestCodes.BadChoice, "park, or retry_every and a duration", "retry_every 5m", Parse, _ => "write \"park\" or for example \"retry_every 5m\"");

    public override string ToString() => RetryEvery is { } every ? $"retry_every {DurationText.Format(every)}" : "park";

    private static AfterLimit? Parse(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["park"] => new AfterLimit((TimeSpan?)null),
        ["retry_every" or "retry_every:", var every] when DurationText.TryParse(every, out var interval) && interval >= TimeSpan.FromSeconds(1) && interval <= TimeSpan.FromDays(7) => new AfterLimit(interval),
        _ => null,
    };
}

internal sealed class AfterLimitShape() : Shape<AfterLimit>("after_limit")
{
    private static readonly Key<TimeSpan> s_retryEvery = new(
        "retry_every",
        AfterLimit.Interval,
        TimeSpan.FromMinutes(5),
        "How often a parked instance is tried again.")
    {
        IsRequired = true,
    };

    public override ImmutableArray<Key> Keys { get; } = [s_retryEvery];

    protected override AfterLimit Build(Fields fields) => new(fields.Read(s_retryEvery));
}
