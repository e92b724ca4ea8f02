using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts.Api;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Watching;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Execution;

/// <summary>Gives candidates their share of the traffic for a while and compares them with what serves beside them.</summary>
internal sealed class CanaryWatch(IInstances instances, ITrafficMeter meter)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>Null when nothing spoke against them; else one sentence, and their share has ended.</summary>
    public async Task<string?> WatchAsync(StepContext context, RolloutPart part, ImmutableArray<InstanceFacts> candidates, List<EvidenceBlock> evidence, CancellationToken token)
    {
        var rule = part.To.Spec.Rollout.Deploy.Canary!;
        var stable = instances.Look(context.Service).Where(i => !i.IsCandidate).Select(i => i.Endpoint).ToImmutableArray();
        await meter.ShareAsync(context.Service, rule, token);
        var kept = false;
        try
        {
            context.Tell(context.Service, string.Create(CultureInfo.InvariantCulture, $"canary: {candidates.Length} of {part.To.Spec.Instances} instances get {rule.Percent:0.##} % of the clients for {rule.For.TotalSeconds:0} s"));
            var end = context.Time.GetUtcNow() + rule.For;
            while (true)
            {
                var seen = See(context.Service, part, stable, [.. candidates.Select(c => c.Endpoint)]);
                if (Objection(context.Service, candidates, seen, part.To.Spec.Rollout.Deploy.RollbackOn) is { } objection)
                {
                    evidence.Add(Comparison(seen));
                    return objection;
                }

                if (context.Time.GetUtcNow() >= end)
                {
                    evidence.Add(Comparison(seen));
                    kept = true;
                    return null;
                }

                await Task.Delay(Look, context.Time, token);
            }
        }
        finally
        {
            if (!kept)
            {
                await EndAsync(context.Service, CancellationToken.None);
            }
        }
    }

    public Task EndAsync(ServiceName service, CancellationToken token) => meter.ShareAsync(service, null, token);

    private ReleaseSeen See(ServiceName service, RolloutPart part, ImmutableArray<string> stable, ImmutableArray<string> candidates)
    {
        var traffic = meter.Read(service);
        var now = instances.Look(service).Where(i => i.Revision == part.To.Revision).ToList();
        return new(Figures.Of(traffic, stable), Figures.Of(traffic, candidates), now.Sum(i => i.Restarts), now.FirstOrDefault(i => i.Restarts > 0) is { } fallen ? fallen.Cause ?? fallen.Because : "", now.Sum(i => i.MemoryKills));
    }

    private string? Objection(ServiceName service, ImmutableArray<InstanceFacts> candidates, ReleaseSeen seen, RollbackOnSpec limits)
    {
        var gone = candidates.FirstOrDefault(c => !instances.Look(service).Any(i => i.Endpoint == c.Endpoint && i is { IsCandidate: true, IsReady: true }));
        return gone is not null
            ? $"the canary {gone.Id} is no longer ready; the stable instances have its clients"
            : ReleaseJudge.Objection(seen, limits) is { } objection ? $"the canary {objection}" : null;
    }

    private static EvidenceBlock Comparison(ReleaseSeen seen) => new("canary beside stable", [Line("canary", seen.New), Line("stable", seen.Old)]);

    private static string Line(string who, Figures figures) => string.Create(
        CultureInfo.InvariantCulture,
        $"{who}: {figures.Requests} requests, {figures.Failures} failed{(figures.P99() is { } p99 ? $", 99th percentile below {p99.TotalMilliseconds:0.#} ms" : "")}");
}
