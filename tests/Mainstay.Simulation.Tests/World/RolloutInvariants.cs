using System.Collections.Immutable;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Execution;
using Mainstay.Rollout.Planning;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Simulation.Tests.World;

/// <summary>What must hold of every rollout, checked against the host, the edge and the disk rather than against what the rollout says of itself.</summary>
internal sealed class RolloutInvariants(SimWorld world, SimRollouts rollouts)
{
    private readonly Dictionary<(long Number, string Services), int> _migrations = [];
    private readonly Dictionary<long, RolloutMaterial> _materials = [];
    private readonly HashSet<(ServiceName Service, string Release)> _proven = [];
    private RolloutRecord? _last;
    private (long Number, long At, Life By)? _abort;

    /// <summary>The last rollout as it is on the disk.</summary>
    public RolloutRecord? Last => _last;

    /// <summary>Nothing but rollouts changes services, and what serves is sound: then a rollout is never left broken.</summary>
    public bool IsCalm { get; set; }

    /// <summary>Nobody but rollouts has changed anything since the last one was begun.</summary>
    public bool IsUntouched { get; set; }

    /// <summary>Somebody listens to what is on the disk.</summary>
    public Action<RolloutRecord> Heard { get; set; } = _ => { };

    /// <summary>Somebody wants the rollout under way to end, and this daemon knows it.</summary>
    public void AbortAsked(long number, Life by) => _abort = world.Journal.IsFull ? null : (number, world.Events.Now, by);

    public int Migrations(long number) => _migrations.Where(m => m.Key.Number == number).Sum(m => m.Value);

    public void Began(StepKind kind, StepContext context)
    {
        if (kind is StepKind.Migrate)
        {
            var key = (context.Rollout.Number, string.Join(' ', context.Step.Services));
            _migrations[key] = _migrations.GetValueOrDefault(key) + 1;
            Check(_migrations[key] == 1, $"the migration of {key.Item2} ran {_migrations[key]} times in rollout {key.Number}");
        }
    }

    /// <summary>The record is on the disk.</summary>
    public void Written(RolloutRecord record, RolloutMaterial? material)
    {
        world.Invariants.Acted();
        if (material is not null)
        {
            Check(_last is null or { HasEnded: true }, $"rollout {record.Number} was begun while rollout {_last?.Number} goes");
            _materials[record.Number] = material;
            IsUntouched = true;
        }

        var before = _last?.Number == record.Number ? _last : null;
        Check(before is not { HasEnded: true }, $"rollout {record.Number} had ended as {before?.Phase} and goes on");
        Check(before is not { Phase: RolloutPhase.Undoing } || record.Phase is not (RolloutPhase.Rolling or RolloutPhase.Baking or RolloutPhase.Succeeded), $"rollout {record.Number} goes forward again");
        Check(before is not { Wish: RolloutWish.Abort } || record.Phase is not RolloutPhase.Succeeded, $"rollout {record.Number} was to be aborted and succeeded");
        Check(
            record.Phase is not RolloutPhase.Succeeded || _abort is not { By.IsAlive: true } abort || abort.Number != record.Number || world.Events.Now - abort.At < TimeSpan.FromSeconds(5).Ticks,
            $"rollout {record.Number} succeeded long after somebody had asked to abort it");
        _last = record;
        if (record.HasEnded)
        {
            Ended(record, _materials[record.Number]);
        }

        Heard(record);
    }

    /// <summary>
    /// What was a candidate gets ordinary requests only after somebody has looked at it and saw the truth; what was none, and was started again
    /// after a fall, only when somebody had looked at another process of its release.
    /// </summary>
    public void Published(ServiceTraffic traffic)
    {
        foreach (var endpoint in traffic.Endpoints.Where(e => !e.Draining))
        {
            if (world.Kernel.All.FirstOrDefault(p => p.RunId == endpoint.Id) is not { } process)
            {
                continue;
            }

            process.WasCandidate |= endpoint.Candidate;
            var isRolled = _last is { Phase: RolloutPhase.Rolling } rollout && _materials[rollout.Number].Find(traffic.Service)?.To.Release == process.Release;
            if (process.WasProven)
            {
                _proven.Add((traffic.Service, process.Release));
            }

            Check(endpoint.Candidate || !isRolled || process.WasProven || (!process.WasCandidate && _proven.Contains((traffic.Service, process.Release))), $"{process} gets traffic and was not proven to run {process.Release}");
        }
    }

    /// <summary>Faults have stopped and much time has passed.</summary>
    public void AtRest()
    {
        Check(rollouts.Open is not null, "no daemon has taken the rollouts over");
        foreach (var open in rollouts.All.Where(r => !r.HasEnded))
        {
            Check(false, $"rollout {open.Number} has not ended: {open.Phase} {open.Wish}, {open.Current?.Kind} {open.Current?.State}: {open.Because}");
        }

        Check(!world.Supervisor!.IsOnTrial, "a service is still on trial, and no rollout judges it");
        Check(rollouts.Meter!.Shares.Count == 0, $"{string.Join(", ", rollouts.Meter.Shares.Keys)} still gives candidates a share");
        if (_last is not { } last)
        {
            return;
        }

        Check(rollouts.All[^1].Number == last.Number && rollouts.All[^1].Phase == last.Phase, "the daemon does not know how the last rollout ended");
        if (IsUntouched)
        {
            Arrived(last, _materials[last.Number]);
            CanGoBack(last, _materials[last.Number]);
        }
    }

    private void Ended(RolloutRecord record, RolloutMaterial material)
    {
        Check(!IsCalm || record.Phase is not RolloutPhase.Broken, $"rollout {record.Number} is broken, though what was there before is sound: {record.Because}");
        Check(record.Steps.All(s => s.State is not (StepState.Going or StepState.Pending)), $"rollout {record.Number} has ended as {record.Phase} and has steps left");
        if (record.Phase is not RolloutPhase.Broken)
        {
            foreach (var part in material.Parts)
            {
                OnlyRuns(part.To.Spec.Name, record.Phase is RolloutPhase.Succeeded ? part.To : part.From, record);
            }
        }
    }

    /// <summary>Succeeded: everything is new. Anything else: everything is as before, or on its way there.</summary>
    private void Arrived(RolloutRecord record, RolloutMaterial material)
    {
        var services = record.Phase is RolloutPhase.Succeeded ? material.AfterServices : material.BeforeServices;
        foreach (var service in services)
        {
            var wanted = world.Supervisor!.Applied(service.Spec.Name);
            Check(wanted?.Revision == service.Revision, $"rollout {record.Number} ended as {record.Phase} ({record.Because}), and {service.Spec.Name} is to run {wanted?.Release} instead of {service.Release}");
            OnlyRuns(service.Spec.Name, service, record);
        }

        var strangers = world.Kernel.Alive.Where(p => !services.Any(s => s.Spec.Name.Value == p.Service)).ToList();
        Check(strangers.Count == 0, $"rollout {record.Number} ended as {record.Phase}, and {string.Join(", ", strangers)} should not be there");
    }

    private void CanGoBack(RolloutRecord record, RolloutMaterial material)
    {
        if (record is { Phase: RolloutPhase.Succeeded, Kind: RolloutKind.Deploy } && material.Parts.Any(p => p.From is not null))
        {
            var back = rollouts.PlanRollback(world.Supervisor!);
            var expected = material.Parts.Where(p => p.From is not null).Select(p => p.From!.Release).Order();
            Check(back.Material?.Parts.Select(p => p.To.Release).Order().SequenceEqual(expected) ?? false, $"nobody could go back to before rollout {record.Number}: {string.Join("; ", back.Problems.Select(p => p.What))}");
        }
    }

    /// <summary>Processes on their way out may still be there; of all others each runs this release.</summary>
    private void OnlyRuns(ServiceName service, AppliedService? release, RolloutRecord record)
    {
        var draining = world.Edge.Told.GetValueOrDefault(service.Value)?.Endpoints.Where(e => e.Draining).Select(e => e.Id).ToHashSet() ?? [];
        var wrong = world.Kernel.Alive.Where(p => p.Service == service.Value && !p.WasSignalled && !draining.Contains(p.RunId) && p.Release != release?.Release).ToList();
        Check(wrong.Count == 0, $"rollout {record.Number} ended as {record.Phase} ({record.Because}), and {string.Join(", ", wrong.Select(p => $"{p} runs {p.Release}"))} instead of {release?.Release ?? "nothing"}");
    }

    private void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            world.Invariants.Broken(otherwise);
        }
    }
}
