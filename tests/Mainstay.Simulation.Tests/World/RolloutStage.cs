using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Spec.Model;

namespace Mainstay.Simulation.Tests.World;

/// <summary>A simulated world for one told rollout.</summary>
internal sealed class RolloutStage
{
    private readonly Stage _stage;

    public RolloutStage()
    {
        _stage = new(world => new(world));
        Rollouts = _stage.World.Rollouts!;
    }

    public SimRollouts Rollouts { get; }

    public SimWorld World => _stage.World;

    public RolloutRecord Last => Rollouts.Invariants.Last ?? throw new InvalidOperationException("there was no rollout");

    /// <summary>A service with its own port, a healthcheck, a short bake and everything that a release can need.</summary>
    public ServiceSpec Service(string name, SimProgram? program = null, int instances = 1, PortSpec? port = null, DeploySpec? deploy = null, params string[] dependsOn) =>
        _stage.Service(name, program ?? SimProgram.Good, port, instances, dependsOn) with { Rollout = Full(deploy) };

    public static RolloutSpec Full(DeploySpec? deploy = null) => RolloutSpec.None with
    {
        Build = [Command("make")],
        Artifacts = [new("program", SourceSpan.None)],
        Migrate = new(Command("migrate"), TimeSpan.FromMinutes(5)),
        Backup = new([], Command("dump"), null, 3, TimeSpan.FromMinutes(5)),
        Deploy = deploy ?? Deploy(),
    };

    public static DeploySpec Deploy(DeployStrategy strategy = DeployStrategy.Rolling) => DeploySpec.Default with
    {
        Strategy = strategy,
        Canary = strategy is DeployStrategy.Canary ? new(25, null, null, TimeSpan.FromSeconds(20)) : null,
        Verify = [new(new TcpProbeSpec(), TimeSpan.FromSeconds(1), SourceSpan.None)],
        Bake = TimeSpan.FromSeconds(30),
        RollbackOn = new(0.05, null, 1, true),
        Deadline = TimeSpan.FromMinutes(5),
    };

    public ServiceSpec With(ServiceSpec service, SimProgram program) => _stage.Manifests.With(service, program);

    public Answer Begin(params ServiceSpec[] services)
    {
        var wanted = _stage.Manifests.Make(services);
        return _stage.Begin(s => Rollouts.DeployAsync(s, wanted));
    }

    /// <summary>Deploys, and lets the world run until the rollout has ended, whichever daemon ends it.</summary>
    public RolloutRecord Run(params ServiceSpec[] services)
    {
        var before = Rollouts.Invariants.Last?.Number ?? 0;
        Begin(services);
        for (var tries = 0; tries < 5; tries++)
        {
            RunUntil(() => Rollouts.Invariants.Last is { HasEnded: true } || (Rollouts.Open is { Active: null } && World.Running.TrueForAll(r => r.IsCompleted)));
            if (Rollouts.Invariants.Last?.Number > before)
            {
                break;
            }

            // The daemon died before it had written anything down: whoever asked asks again.
            Begin(services);
        }

        return RunToEnd();
    }

    /// <summary>A home in which these serve already.</summary>
    public void Serving(params ServiceSpec[] services)
    {
        Assert.Equal(RolloutPhase.Succeeded, Run(services).Phase);
        Run(20);
        foreach (var service in services)
        {
            World.Invariants.Floor[service.Name.Value] = service.Instances;
        }

        Rollouts.Invariants.IsCalm = true;
    }

    public RolloutRecord RunToEnd()
    {
        RunUntil(() => Rollouts.Invariants.Last is { HasEnded: true });

        // What the end leaves to do.
        Run(5);
        return Last;
    }

    public void RunUntil(Func<bool> isSo)
    {
        for (var i = 0; !isSo(); i++)
        {
            Assert.True(i < 18_000, "half an hour has passed, and it is not so");
            World.Run(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>When a step of this kind has just begun, once.</summary>
    public void When(StepKind kind, Action then) => Rollouts.Invariants.Heard = record =>
    {
        if (record.Steps.Any(s => s.Kind == kind && s.State is StepState.Going))
        {
            Rollouts.Invariants.Heard = _ => { };
            then();
        }
    };

    /// <summary>Until a step of this kind is under way.</summary>
    public void RunInto(StepKind kind) => RunUntil(() => Rollouts.Invariants.Last?.Steps.Any(s => s.Kind == kind && s.State is StepState.Going) ?? false);

    public void Run(double seconds) => _stage.Run(seconds);

    public OperationResult Act(Func<Task<OperationResult>> act) => _stage.Act(_ => act());

    /// <summary>Everything is at rest and as it must be; and what serves is good.</summary>
    public void Rest()
    {
        Run(60);
        World.Invariants.AtRest();
        Rollouts.Invariants.AtRest();
        World.Invariants.Look();
    }

    /// <summary>Every living process of a service is of this release.</summary>
    public void Runs(ServiceSpec service)
    {
        var alive = _stage.Processes(service.Name.Value);
        Assert.Equal(service.Instances, alive.Length);
        Assert.All(alive, p => Assert.Equal(service.Environment["PROGRAM"], p.Environment["PROGRAM"]));
    }

    public SimProcess[] Processes(string service) => [.. _stage.Processes(service)];

    private static CommandSpec Command(string program) => new([program], Shell: false, SourceSpan.None);
}
