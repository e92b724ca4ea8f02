using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class DeployShape() : Shape<DeploySpec>("deploy")
{
    private static readonly DeploySpec s_default = DeploySpec.Default;

    public static WordKind<DeployStrategy> Strategies { get; } = new(
        ("rolling", DeployStrategy.Rolling),
        ("blue_green", DeployStrategy.BlueGreen),
        ("blue-green", DeployStrategy.BlueGreen),
        ("canary", DeployStrategy.Canary));

    private static readonly Key<DeployStrategy> s_strategy = new(
        "strategy", Strategies, s_default.Strategy,
        "rolling: one instance after another. blue_green: all new instances beside the old ones, then traffic changes over at once. canary: some traffic for a while, then the rest.")
    {
        AlsoKnownAs = ["type", "mode", "method"],
    };

    private static readonly Key<int> s_maxUnavailable = new(
        "max_unavailable", new WholeNumberKind(0, 1000, "1"), s_default.MaxUnavailable,
        "How many instances may be away at once; 0 starts each new instance before an old one stops.")
    {
        AlsoKnownAs = ["maxUnavailable", "parallelism", "batch"],
    };

    private static readonly Key<CanarySpec?> s_canary = new(
        "canary", new CanaryShape()!, null, "Which requests a canary gets and for how long.", "10% for 2m, with strategy canary");

    private static readonly Key<ImmutableArray<Item<VerifySpec?>>> s_verify = new(
        "verify", new ListKind<VerifySpec?>(new VerifyShape(), "a list of checks"), [], "Asked of each new instance before it gets traffic.")
    {
        AlsoKnownAs = ["smoke_test", "smoke", "checks", "tests", "verification"],
    };

    private static readonly Key<TimeSpan> s_bake = new(
        "bake", new DurationKind(TimeSpan.Zero, TimeSpan.FromHours(24), "60s"), s_default.Bake,
        "How long the new release is watched after it serves everywhere; rollback_on says for what.")
    {
        AlsoKnownAs = ["bake_time", "monitor", "watch", "soak"],
    };

    private static readonly Key<RollbackOnSpec> s_rollbackOn = new(
        "rollback_on", new RollbackOnShape(), s_default.RollbackOn, "What brings the old release back while the new one bakes or is a canary.", "see below")
    {
        AlsoKnownAs = ["rollback", "auto_rollback", "abort_on", "failure_action"],
    };

    private static readonly Key<TimeSpan> s_deadline = new(
        "deadline", new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromHours(24), "10m"), s_default.Deadline,
        "How long a rollout may take until it begins to bake; after it, the old release is brought back.")
    {
        AlsoKnownAs = ["timeout", "progress_deadline", "progressDeadlineSeconds"],
    };

    private static readonly Key<int> s_keepReleases = new(
        "keep_releases", new WholeNumberKind(2, 1000, "5"), s_default.KeepReleases,
        "How many releases stay on disk; at least the one that serves and the one to go back to.")
    {
        AlsoKnownAs = ["keep", "history", "revisionHistoryLimit", "retention"],
    };

    public override ImmutableArray<Key> Keys { get; } = [s_strategy, s_maxUnavailable, s_canary, s_verify, s_bake, s_rollbackOn, s_deadline, s_keepReleases];

    protected override DeploySpec Build(Fields fields)
    {
        var strategyIsRead = fields.TryRead(s_strategy, out var strategy) || !fields.Has(s_strategy);
        var canary = fields.Read(s_canary);
        var (bake, deadline) = (fields.Read(s_bake), fields.Read(s_deadline));
        if (fields.Has(s_canary) && strategyIsRead && strategy is not DeployStrategy.Canary)
        {
            fields.Report(
                ManifestCodes.ValuesDisagree, s_canary, $"\"canary\" is written, but the strategy is {Strategies.Show(strategy)}", "write \"strategy: canary\", or remove \"canary\"");
        }

        if (strategy is DeployStrategy.Canary && (canary ?? CanarySpec.Default).For is var lasts && lasts >= deadline)
        {
            fields.Report(
                ManifestCodes.ValuesDisagree,
                fields.Has(s_deadline) ? s_deadline : s_canary,
                $"the canary lasts {DurationText.Format(lasts)}, but the rollout must come to its end within {DurationText.Format(deadline)}",
                "let deadline be longer than the canary's \"for\"");
        }

        if (bake == TimeSpan.Zero && fields.Has(s_rollbackOn) && strategyIsRead && strategy is not DeployStrategy.Canary)
        {
            fields.Report(
                ManifestCodes.ValuesDisagree, s_rollbackOn, "\"rollback_on\" is written, but with \"bake: 0\" nothing is watched", "let bake be for example 60s, or remove \"rollback_on\"");
        }

        return new DeploySpec(
            strategy,
            fields.Read(s_maxUnavailable),
            strategy is DeployStrategy.Canary ? canary ?? CanarySpec.Default : null,
            [.. fields.Read(s_verify).Select(v => v.Value).OfType<VerifySpec>()],
            bake,
            fields.Read(s_rollbackOn),
            deadline,
            fields.Read(s_keepReleases));
    }
}
