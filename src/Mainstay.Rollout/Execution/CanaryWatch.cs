using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Watching;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Execution;

/// <summary>Gives candidates their share of the traffic for a while and compares them with what serves beside them.</summary>
internal sealed class CanaryWatch(IInstances instances, ITrafficMeter meter)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Null when nothing spoke against them; else one sentence. Their share has ended in any case: the next candidates must not inherit it. Who pauses
    /// meanwhile lengthens the comparison.
    /// </summary>
    public async Task<string?> WatchAsync(StepContext context, RolloutPart part, ImmutableArray<InstanceFacts> candidates, List<EvidenceBlock> evidence, CancellationToken token)
    {
        var rule = part.To.Spec.Rollout.Deploy.Canary!;
        var stable = instances.Look(context.Service).Where(i => !i.IsCandidate).Select(i => i.Endpoint).ToImmutableArray();
        try
        {
            await meter.RefreshAsync(token);
            var before = Figures.Of(meter.Read(context.Service), stable);
            await meter.ShareAsync(context.Service, rule, token);
            context.Tell(context.Service, string.Create(CultureInfo.InvariantCulture, $"canary: {candidates.Length} of {part.To.Spec.Instances} instances get {rule.Percent:0.##} % of the clients for {rule.For.TotalSeconds:0} s"));
            var began = context.Time.GetTimestamp();
            while (true)
            {
                var seen = See(context.Service, part, stable, before, [.. candidates.Select(c => c.Endpoint)]);
                var objection = Objection(context.Service, candidates, seen, part.To.Spec.Rollout.Deploy.RollbackOn);
                if (objection is not null || (context.Time.GetElapsedTime(began) >= rule.For && context.Rollout.Wish is not RolloutWish.Pause))
                {
                    evidence.Add(Comparison(seen, part.To.Spec.Rollout.Deploy.RollbackOn));
                    return objection;
                }

                await Task.Delay(Look, context.Time, token);
            }
        }
        finally
        {
            // Whoever broke this off wants above all that nobody is sent to the candidates any more.
            await meter.ShareAsync(context.Service, null, CancellationToken.None);
        }
    }

    /// <param name="before">What the stable ones had served when the comparison began: an old outage of theirs says nothing about now.</param>
    private ReleaseSeen See(ServiceName service, RolloutPart part, ImmutableArray<string> stable, Figures before, ImmutableArray<string> candidates)
    {
        var traffic = meter.Read(service);
        var now = instances.Look(service).Where(i => i.Revision == part.To.Revision).ToList();
        return new(Figures.Of(traffic, stable).Since(before), Figures.Of(traffic, candidates), now.Sum(i => i.Restarts), now.FirstOrDefault(i => i.Restarts > 0) is { } fallen ? fallen.Cause ?? fallen.Because : "", now.Sum(i => i.MemoryKills));
    }

    private string? Objection(ServiceName service, ImmutableArray<InstanceFacts> candidates, ReleaseSeen seen, RollbackOnSpec limits)
    {
        var gone = candidates.FirstOrDefault(c => !instances.Look(service).Any(i => i.Endpoint == c.Endpoint && i is { IsCandidate: true, IsReady: true }));
        return gone is not null
            ? $"the canary {gone.Id} is no longer ready; the stable instances have its clients"
            : ReleaseJudge.Objection(seen, limits) is { } objection ? $"the canary {objection}" : null;
    }

    private static EvidenceBlock Comparison(ReleaseSeen seen, RollbackOnSpec limits) =>
        new("canary beside stable", [seen.New.Line("canary"), seen.Old.Line("stable"), .. ReleaseJudge.Unjudged(seen, limits)]);
}
