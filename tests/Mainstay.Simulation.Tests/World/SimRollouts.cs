using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Daemon.Rollouts;
using Mainstay.Journal;
using Mainstay.Rollout.Execution;
using Mainstay.Rollout.Execution.Steps;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Verification;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Simulation.Tests.World;

/// <summary>The rollouts of a simulated home: every daemon's loop and its real steps, on the world's journal, kernel and clock. Only what makes releases is simulated.</summary>
internal sealed class SimRollouts
{
    private readonly SimWorld _world;
    private Life? _life;
    private RolloutBook? _book;
    private RollbackPlanner? _rollbacks;

    public SimRollouts(SimWorld world)
    {
        _world = world;
        Invariants = new(world, this);
        world.Journal.Heard = batch =>
        {
            if (SimRolloutJournal.RecordOf(batch) is { } record)
            {
                Invariants.Written(record, SimRolloutJournal.MaterialOf(batch));
            }
        };
    }

    public RolloutInvariants Invariants { get; }

    /// <summary>Of the daemon that lives; null until it has taken over.</summary>
    public Rollout.Rollouts? Open => _life is { IsAlive: true } ? Current : null;

    public SimMeter? Meter { get; private set; }

    /// <summary>What befalls steps, as a story tells.</summary>
    public Dictionary<StepKind, Trouble> Troubles { get; } = [];

    /// <summary>What befalls them by chance.</summary>
    public double TroubleRate { get; set; }

    /// <summary>What the kernel says of a process, instead of the truth.</summary>
    public Func<SimProcess, ProcessSight, ProcessSight> Lies { get; set; } = (_, truth) => truth;

    /// <summary>Decisions under test; a mutation plugs in a broken one.</summary>
    public RolloutDecision Decide { get; set; } = RolloutMachine.Next;

    /// <summary>What moves instances; a mutation stands between.</summary>
    public Func<IInstances, IInstances> Meddle { get; set; } = instances => instances;

    public bool IsUnderWay => Open?.Active is not null;

    private Rollout.Rollouts? Current { get; set; }

    public Trouble TroubleIn(StepKind kind) => Troubles.TryGetValue(kind, out var told) ? told
        : !_world.Happens(TroubleRate) ? Trouble.None
        : _world.Happens(0.5) ? Trouble.Hangs : Trouble.Fails;

    /// <summary>A daemon has found its processes again; now it finds its rollout again.</summary>
    public void TakeOver(Life life, StackSupervisor supervisor)
    {
        var instances = Meddle(new SupervisorInstances(supervisor));
        var stack = new SimStack(supervisor);
        var book = new RolloutBook(new SimRolloutJournal(_world.Journal.For(life), life), new StoryLogs(_world));
        var store = new ReleaseStore("/nonexistent/releases", TreeLimits.Default, life.Time);
        var disk = TaskScheduler.FromCurrentSynchronizationContext();
        var check = new InstanceCheck(new(new SimFacts(_world, this), "/usr/bin"), new SimVerifier(life), store, life.Time, disk);
        Meter = new(_world, life);
        var runners = Enum.GetValues<StepKind>().Where(k => k is not StepKind.Preflight).ToDictionary(
            kind => kind,
            kind => (IStepRunner)new MortalStep(Step(kind, life, instances, stack, check, Meter), life, kind));
        var current = new Rollout.Rollouts(
            new(book, new(runners), new(Meter), (record, e, now) => Decide(record, e, now), life.Time, new StoryLogs(_world)),
            new(instances, store, book, life.Time.GetUtcNow(), disk));
        current.Recover();
        (_life, _book, _rollbacks, Current) = (life, book, new(book, store, life.Time), current);
    }

    /// <summary>Brings services to releases, as a user would; refused when another rollout is under way.</summary>
    public Task<OperationResult> DeployAsync(StackSupervisor supervisor, AppliedStack wanted) => InTurnAsync(open =>
    {
        var parts = wanted.Services
            .Select(to => new RolloutPart(supervisor.Applied(to.Spec.Name), to, $"sim:{to.Release}", "c0ffee", IsMade: false))
            .Where(p => p.From?.Revision != p.To.Revision)
            .ToImmutableArray();
        var material = new RolloutMaterial(supervisor.Stack, Running(supervisor), wanted.Spec, wanted.Services, parts);
        return (RolloutPlanner.Plan(new(open.NextNumber, RolloutKind.Deploy, "sim", _life!.Time.GetUtcNow(), material, ImmutableDictionary<ServiceName, SourceChange>.Empty, [])), material);
    });

    public Task<OperationResult> RollbackAsync(StackSupervisor supervisor) => InTurnAsync(_ =>
        PlanRollback(supervisor) is { Plan: { } plan, Material: { } material } ? (plan, material) : null);

    /// <summary>What a rollback would do now.</summary>
    public PlanOutcome PlanRollback(StackSupervisor supervisor) =>
        _rollbacks!.Plan(supervisor.Stack, Running(supervisor), [], null, "sim", Open!.NextNumber);

    /// <summary>What a user asks of the rollout under way.</summary>
    public void Wish(RolloutWish wish)
    {
        if (Open is { } open && _life is { } life)
        {
            _world.Tell($"user: {wish} the rollout");
            if (wish is RolloutWish.Abort && open.Active is { Phase: not RolloutPhase.Undoing } active)
            {
                Invariants.AbortAsked(active.Number, life);
            }

            life.Within(() => open.Wish(wish, "sim"));
        }
    }

    /// <summary>Everything else that changes services is refused meanwhile.</summary>
    public async Task<OperationResult> BesideAsync(Func<Task<OperationResult>> act)
    {
        if (Open is not { } open)
        {
            return await act();
        }

        using var turn = open.Turns.TakeBeside("sim", out var holder);
        return turn is null ? Refused(holder) : await act();
    }

    public async Task<OperationResult> DownAsync(StackSupervisor supervisor)
    {
        if (Open is { } open)
        {
            using var stopping = open.Turns.Stop();
            var following = open.FollowAsync(_ => { });
            open.Wish(RolloutWish.Abort, "down");
            await following;
            return await supervisor.DownAsync(_ => { }, CancellationToken.None);
        }

        return await supervisor.DownAsync(_ => { }, CancellationToken.None);
    }

    /// <summary>Newest last.</summary>
    public ImmutableArray<RolloutRecord> All => _book?.All ?? [];

    private static ImmutableArray<AppliedService> Running(StackSupervisor supervisor) => [.. supervisor.Services().Select(s => supervisor.Applied(s.Name)).OfType<AppliedService>()];

    private static OperationResult Refused(string because) => new(ExitCode.Failed, $"refused: {because}", [], []);

    private async Task<OperationResult> InTurnAsync(Func<Rollout.Rollouts, (RolloutRecord Plan, RolloutMaterial Material)?> planned)
    {
        if (Open is not { } open)
        {
            return Refused("the daemon is not ready");
        }

        using var claim = open.Claim("sim", out var holder);
        if (claim is null)
        {
            return Refused(holder);
        }

        if (planned(open) is not var (plan, material))
        {
            return Refused("there is nothing to do it with");
        }

        try
        {
            var sights = material.Parts.ToDictionary(p => p.To.Spec.Name, p => _world.Supervisor!.Processes(p.To.Spec.Name).Select(v => new InstanceSight(v.Id, v.Pid, v.Release, v.Endpoint)).ToImmutableArray());
            var ended = await open.RunAsync(plan with { Services = [.. plan.Services.Select(s => s with { Before = sights[s.Name] })] }, material, _ => { });
            return ended is null ? Refused("everything is being stopped") : new(ended.Phase is RolloutPhase.Succeeded ? ExitCode.Done : ExitCode.Failed, $"rollout {ended.Number} {ended.Phase}: {ended.Because}", [], []);
        }
        catch (JournalException e)
        {
            return Refused(e.Message);
        }
    }

    private IStepRunner Step(StepKind kind, Life life, IInstances instances, IStack stack, InstanceCheck check, ITrafficMeter meter) => kind switch
    {
        StepKind.Preflight => throw new InvalidOperationException("it is done before there is a rollout"),
        StepKind.Fetch or StepKind.Build or StepKind.Artifacts or StepKind.Backup or StepKind.Migrate => new SimWork(this, life, kind),
        StepKind.Frame => new FrameStep(stack),
        StepKind.Roll => new RollStep(instances, check, new(instances, meter)),
        StepKind.Apply => new ApplyStep(stack),
        StepKind.Prove => new ProveStep(instances, check),
        StepKind.Bake => new BakeStep(instances, meter),
        StepKind.Undo => new UndoStep(instances, stack),
    };
}
