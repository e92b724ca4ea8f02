using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Watching;

namespace Mainstay.Rollout.Execution.Steps;

/// <summary>Watches the new release for its whole bake, against what the old one did before. The first objection ends it.</summary>
internal sealed class BakeStep(IInstances instances, ITrafficMeter meter) : IStepRunner
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken token)
    {
        var parts = context.Step.Services.Select(context.Material.Find).OfType<RolloutPart>().ToImmutableArray();

        // A daemon that takes over watches for what is left, not from the beginning; from there on no change of the wall clock counts.
        var before = context.Step.StartedAt is { } started ? context.Time.GetUtcNow() - started : TimeSpan.Zero;
        var began = context.Time.GetTimestamp();
        TimeSpan Watched() => before + context.Time.GetElapsedTime(began);
        var bake = parts.Select(p => p.To.Spec.Rollout.Deploy.Bake).DefaultIfEmpty().Max();
        while (true)
        {
            foreach (var part in parts.Where(p => Watched() <= p.To.Spec.Rollout.Deploy.Bake + Look))
            {
                var seen = See(context.Rollout, part);
                if (ReleaseJudge.Objection(seen, part.To.Spec.Rollout.Deploy.RollbackOn) is { } objection)
                {
                    return StepOutcome.Failed($"{part.To.Spec.Name} {part.To.Release} {objection}", Comparison(part, seen)) with
                    {
                        Cause = seen.Restarts > 0 ? await instances.ExplainAsync(part.To.Spec.Name, token) : null,
                    };
                }
            }

            if (Watched() >= bake && context.Rollout.Wish is not RolloutWish.Pause)
            {
                await meter.RefreshAsync(token);
                var last = parts.Select(p => (Part: p, Seen: See(context.Rollout, p))).ToImmutableArray();
                var unjudged = last.SelectMany(l => Unjudged(l.Part, l.Seen).Select(u => parts.Length == 1 ? u : $"{l.Part.To.Spec.Name}: {u}")).ToImmutableArray();
                return StepOutcome.Done(
                    string.Create(CultureInfo.InvariantCulture, $"nothing spoke against it for {bake.TotalSeconds:0.#} s{string.Concat(unjudged.Select(u => $"; {u}"))}"),
                    [.. last.Select(l => Comparison(l.Part, l.Seen))]);
            }

            await Task.Delay(Look, context.Time, token);
        }
    }

    private ReleaseSeen See(RolloutRecord rollout, RolloutPart part)
    {
        var service = part.To.Spec.Name;
        var traffic = meter.Read(service);
        var now = instances.Look(service).Where(i => i.Revision == part.To.Revision).ToList();
        var sights = rollout.Services.First(s => s.Name == service);
        var old = sights.Before.Select(b => b.Endpoint).OfType<string>().ToHashSet();

        // Also what was proven before the bake: an instance that fell takes its name with it, but not what it has failed.
        var mine = now.Select(i => i.Endpoint).Concat(sights.After.Select(a => a.Endpoint).OfType<string>()).Where(e => !old.Contains(e));
        return new(
            Figures.Of(traffic, old),
            Figures.Of(traffic, mine),
            now.Sum(i => i.Restarts),
            now.FirstOrDefault(i => i.Restarts > 0) is { } fallen ? $"{fallen.Id} {fallen.Cause ?? fallen.Because}" : "",
            now.Sum(i => i.MemoryKills),
            traffic is not null);
    }

    private static EvidenceBlock Comparison(RolloutPart part, ReleaseSeen seen) => new(
        $"{part.To.Spec.Name} while it baked",
        [
            seen.New.Line(part.To.Release),
            part.From is { } from ? seen.Old.Line(from.Release) : "nothing served before",
            string.Create(CultureInfo.InvariantCulture, $"unplanned exits: {seen.Restarts}"),
            .. Unjudged(part, seen),
        ]);

    /// <summary>A service without requests of its own, one without a route for example, has nothing to be judged by; that is no news.</summary>
    private static ImmutableArray<string> Unjudged(RolloutPart part, ReleaseSeen seen) => seen.HasRoute ? ReleaseJudge.Unjudged(seen, part.To.Spec.Rollout.Deploy.RollbackOn) : [];
}
