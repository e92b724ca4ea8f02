using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Adoption;
using Mainstay.Supervisor.Diagnosis;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Ports;
using Mainstay.Supervisor.Services;

namespace Mainstay.Supervisor.Stacks;

/// <summary>One service inside the stack's loop: its record, its instances, and what the edge knows of it. Only the loop touches it.</summary>
internal sealed class ServiceActor(ServiceRecord record, RunnerContext context)
{
    private readonly Dictionary<string, InstanceRunner> _runners = [];
    private readonly HashSet<(string Lane, int Generation)> _draining = [];
    private int _poked;

    public ServiceName Name => Record.Name;

    public ServiceRecord Record { get; set; } = record;

    public ServiceTraffic? Asked { get; set; }

    public ServiceTraffic? Acknowledged { get; set; }

    /// <summary>Counts what was asked of the edge, so that a late answer to an old question is known as one.</summary>
    public long AskedNumber { get; set; }

    public long AcknowledgedNumber { get; set; }

    /// <summary>What is known of the instance whose failure ended the last reload.</summary>
    public Task<FailureFacts>? ReloadFailure { get; set; }

    public IEnumerable<InstanceRunner> Runners => Record.Lanes.Select(l => _runners.GetValueOrDefault(l.Key)).OfType<InstanceRunner>();

    /// <summary>True for the first of many wishes to be looked at; the others are the same one.</summary>
    public bool Poke() => Interlocked.Exchange(ref _poked, 1) == 0;

    public void Unpoke() => Interlocked.Exchange(ref _poked, 0);

    public InstanceRunner? Find(string lane) => _runners.GetValueOrDefault(lane);

    public ServiceSeen See(DependenciesSeen dependencies) => new([.. Record.Lanes.Select(See)], dependencies, Asked, Acknowledged);

    public LaneWork WorkOf(LaneRecord lane, StackContext stack)
    {
        var release = Record.Find(lane.Release);
        var policy = InstancePolicy.Of(
            release.Spec,
            stack.WsDrain,
            stack.OneShots.Contains(Name),
            isReplaced: lane.Role is LaneRole.Retiring && Record.Wish is ServiceWish.Up,
            oneTry: lane.Role is LaneRole.Successor || Record.IsUnproven);
        var makesWay = lane.Role is LaneRole.Retiring && Record.Lanes.Any(l => l.Index == lane.Index && l.Role is not LaneRole.Retiring);
        return new(stack.Name, release.Spec, release.Number, release.Name, release.Environment, policy, makesWay);
    }

    /// <summary>Gives every lane of the record a runner with the work it has now, and hands back the runners of lanes that are no longer there.</summary>
    public ImmutableArray<InstanceRunner> Reconcile(StackContext stack)
    {
        foreach (var lane in Record.Lanes)
        {
            if (_runners.TryGetValue(lane.Key, out var known))
            {
                known.Update(WorkOf(lane, stack));
                continue;
            }

            Add(lane, InstanceRecord.Initial, stack).Start();
        }

        var gone = _runners.Where(r => !Record.Lanes.Any(l => l.Key == r.Key)).Select(r => r.Value).ToImmutableArray();
        foreach (var runner in gone)
        {
            _runners.Remove(runner.Key);
            _draining.RemoveWhere(d => d.Lane == runner.Key);
        }

        return gone;
    }

    public InstanceRunner Add(LaneRecord lane, InstanceRecord remembered, StackContext stack) =>
        _runners[lane.Key] = new(lane.Key, lane.Index, WorkOf(lane, stack), remembered, context);

    /// <summary>True once for each process that begins to drain.</summary>
    public bool BeginsToDrain(InstanceRunner runner, int generation) => _draining.Add((runner.Key, generation));

    private LaneSeen See(LaneRecord lane)
    {
        if (_runners.GetValueOrDefault(lane.Key) is not { } runner)
        {
            return new(lane, InstanceState.Initial, null, null);
        }

        // State and run are read one after the other; a run of another generation is the sign that more news is on its way.
        var (state, run) = (runner.State, runner.Run);
        return run is not null && run.Generation == state.Generation ? new(lane, state, run.Id, run.Port) : new(lane, state, null, null);
    }
}

/// <summary>What instances need to know of the stack around them.</summary>
/// <param name="OneShots">Services that others wait for to complete.</param>
internal sealed record StackContext(string Name, TimeSpan WsDrain, ImmutableHashSet<ServiceName> OneShots);
