using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class RollbackOnShape() : Shape<RollbackOnSpec>("rollback_on")
{
    private static readonly RollbackOnSpec s_default = RollbackOnSpec.Default;

    private static readonly Key<double?> s_errorRate = new(
        "error_rate", new OrIgnoreKind<double>(new PercentKind("2%")), s_default.ErrorRate,
        "The share of requests that failed (5xx, or no answer), when it is also more than the old release's. Judged from 20 requests to the new release on.", OrIgnoreKind<double>.Ignore)
    {
        AlsoKnownAs = ["errors", "5xx", "failure_rate", "max_failure_ratio"],
    };

    private static readonly Key<double?> s_p99 = new(
        "p99", new OrIgnoreKind<double>(new FactorKind(1, 1000, "2x")), s_default.P99Factor,
        "The 99th percentile of response times, in times of the old release's. Judged from 100 requests on to each of the two; the rollout says so when there were fewer.", OrIgnoreKind<double>.Ignore)
    {
        AlsoKnownAs = ["latency", "p99_latency", "response_time"],
    };

    private static readonly Key<int?> s_restarts = new(
        "restarts", new OrIgnoreKind<int>(new WholeNumberKind(1, 1000, "1")), s_default.Restarts,
        "Exits of new instances that nobody asked for, all together.")
    {
        AlsoKnownAs = ["crashes", "exits"],
    };

    private static readonly Key<bool> s_memory = new(
        "memory", new WordKind<bool>(("limit", true), (OrIgnoreKind<double>.Ignore, false)), s_default.MemoryLimit,
        "limit: a new instance reached its memory limit.")
    {
        AlsoKnownAs = ["mem", "oom"],
    };

    public override ImmutableArray<Key> Keys { get; } = [s_errorRate, s_p99, s_restarts, s_memory];

    protected override RollbackOnSpec Build(Fields fields) =>
        new(fields.Read(s_errorRate) / 100, fields.Read(s_p99), fields.Read(s_restarts), fields.Read(s_memory));
}
