using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Simulation.Tests.World;

/// <summary>One seeded history of a home that lives by rollouts. Then the faults stop, and every rollout has to have come to its end.</summary>
internal sealed class RolloutHistory
{
    /// <summary>More than a rollout can take: its deadline, a bake, the way back, and every time limit in it.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(90);

    private readonly SimWorld _world;
    private readonly SimRollouts _rollouts;
    private readonly SimManifests _manifests;
    private List<ServiceSpec> _services = [];

    public RolloutHistory(SimWorld world)
    {
        _world = world;
        _rollouts = world.Rollouts ??= new(world);
        _manifests = new(world);
    }

    /// <summary>Sound services, releases that may be bad from the start, and daemons that may die: not one ready instance may be missing, and no rollout stays broken.</summary>
    public void Calm()
    {
        var chance = _world.Chance;
        _world.PublishFailures = chance.Next(4) == 0 ? 0.05 : 0;
        _services = [Service("web", Port()), .. chance.Next(2) == 0 ? [Service("api", Port(), "web")] : Array.Empty<ServiceSpec>()];
        _world.StartDaemon();
        _world.Run(TimeSpan.FromSeconds(1));
        _services = [.. _services.Select(s => s with { Rollout = s.Rollout with { Deploy = s.Rollout.Deploy with { Deadline = TimeSpan.FromMinutes(10) } } })];
        Deploy(_services);
        RunToEnd(_services);
        _world.Run(TimeSpan.FromSeconds(20));
        foreach (var service in _services)
        {
            _world.Invariants.Floor[service.Name.Value] = service.Instances;
        }

        _rollouts.Invariants.IsCalm = true;
        _rollouts.TroubleRate = 0.03;
        _world.Haunt(chance.Next(2) == 0 ? 0.003 : 0);
        for (var i = chance.Next(2, 5); i > 0; i--)
        {
            if (chance.Next(5) == 0)
            {
                _world.Act("rollback", _rollouts.RollbackAsync);
            }
            else
            {
                var changed = Changed(SimProgram.Healthy, [SimProgram.DiesAtOnce, SimProgram.NeverListens, SimProgram.Wrong]);
                Deploy(changed);
                Interfere();
                RunToEnd(changed);
                continue;
            }

            Interfere();
            RunToEnd(null);
        }

        Rest(TimeSpan.FromMinutes(2));
    }

    /// <summary>Anything may happen.</summary>
    public void Rough()
    {
        var chance = _world.Chance;
        _world.SlowProbes = chance.Next(3) == 0 ? 0.05 : 0;
        _world.SpawnFailures = chance.Next(4) == 0 ? 0.05 : 0;
        _world.PublishFailures = chance.Next(4) == 0 ? 0.1 : 0;
        _rollouts.TroubleRate = 0.03;
        _world.Haunt(chance.Next(2) == 0 ? 0.002 : 0);
        _services = [.. Stack()];
        _world.StartDaemon();
        _world.Run(TimeSpan.FromSeconds(1));
        Deploy(_services);
        for (var i = chance.Next(4, 10); i > 0; i--)
        {
            _world.Run(TimeSpan.FromSeconds(Math.Pow(10, chance.NextDouble() * 2.3)));
            Disturb();
        }

        Rest(TimeSpan.FromMinutes(16));
    }

    private IEnumerable<ServiceSpec> Stack()
    {
        var chance = _world.Chance;
        yield return Service("db", new(PortKind.Fixed, 5432));
        yield return Service("api", Port(), "db");
        if (chance.Next(2) == 0)
        {
            yield return Service("worker", new(PortKind.None));
        }

        if (chance.Next(2) == 0)
        {
            yield return Service("socket", new(PortKind.Inherit), "api");
        }
    }

    private PortSpec Port() => _world.Chance.Next(3) == 0 ? new(PortKind.Inherit) : new(PortKind.Auto);

    private ServiceSpec Service(string name, PortSpec port, params string[] dependsOn) =>
        _manifests.Service(name, SimProgram.Good, port, port.Kind is PortKind.Fixed ? 1 : _world.Chance.Next(1, 4), dependsOn) with { Rollout = How() };

    private RolloutSpec How()
    {
        var chance = _world.Chance;
        return RolloutStage.Full(RolloutStage.Deploy((DeployStrategy)chance.Next(3)) with
        {
            Bake = TimeSpan.FromSeconds(chance.Next(0, 40)),
            Deadline = TimeSpan.FromSeconds(chance.Next(5) == 0 ? chance.Next(5, 60) : 600),
            MaxUnavailable = 0,
        });
    }

    /// <summary>Some services get another release, all of them good ones or one of them bad.</summary>
    private List<ServiceSpec> Changed(SimProgram[] good, SimProgram[] bad)
    {
        var chance = _world.Chance;
        var changed = _services.Select(s => chance.Next(3) > 0 ? _manifests.With(s with { Rollout = How() }, Pick(good)) : s).ToList();
        if (chance.Next(2) == 0)
        {
            var place = chance.Next(changed.Count);
            changed[place] = _manifests.With(changed[place], Pick(bad));
        }

        return changed;
    }

    private void Deploy(List<ServiceSpec> services)
    {
        var wanted = _manifests.Make(services);
        _world.Act($"deploy {string.Join(", ", services.Select(s => $"{s.Name} ({_manifests.ProgramOf(s).Name}, {s.Rollout.Deploy.Strategy})"))}", s => _rollouts.DeployAsync(s, wanted));
    }

    /// <summary>Users and accidents, while it goes.</summary>
    private void Interfere()
    {
        var chance = _world.Chance;
        for (var i = chance.Next(4); i > 0; i--)
        {
            _world.Run(TimeSpan.FromSeconds(chance.NextDouble() * 20));
            switch (chance.Next(6))
            {
                case 0 or 1:
                    _world.KillDaemon("chance");
                    break;
                case 2:
                    _rollouts.Wish(RolloutWish.Pause);
                    break;
                case 3:
                    _rollouts.Wish(RolloutWish.Go);
                    break;
                case 4 when chance.Next(2) == 0:
                    _rollouts.Wish(RolloutWish.Abort);
                    break;
            }
        }

        _world.Run(TimeSpan.FromSeconds(chance.NextDouble() * 5));
        _rollouts.Wish(RolloutWish.Go);
    }

    /// <param name="services">What serves when the rollout that was asked for has succeeded.</param>
    private void RunToEnd(List<ServiceSpec>? services)
    {
        var until = _world.Events.Now + Longest.Ticks;
        do
        {
            _world.Run(TimeSpan.FromSeconds(5));

            // Whoever paused it lets it go, also under the next daemon.
            _rollouts.Wish(RolloutWish.Go);
            if (_world.Events.Now > until)
            {
                throw new InvariantBrokenException($"rollout {_rollouts.Invariants.Last?.Number} has not ended within {Longest}: {_rollouts.Invariants.Last?.Because}");
            }
        }
        while (_rollouts.Open is not { Active: null } || !_world.Running.TrueForAll(r => r.IsCompleted));

        if (services is not null && _world.Supervisor is { } supervisor && services.All(s => supervisor.Applied(s.Name)?.Spec.Environment["PROGRAM"] == s.Environment["PROGRAM"]))
        {
            _services = services;
        }
        else if (_world.Supervisor is { } other)
        {
            _services = [.. _services.Select(s => other.Applied(s.Name)?.Spec ?? s)];
        }
    }

    private void Disturb()
    {
        var chance = _world.Chance;
        var service = _services[chance.Next(_services.Count)];
        switch (chance.Next(16))
        {
            case 0 or 1 or 2 or 3 or 4:
                Deploy(Changed(SimProgram.All, [.. SimProgram.Broken, SimProgram.Wrong, SimProgram.Failing, SimProgram.DiesLate, SimProgram.Hangs]));
                break;
            case 5:
                _world.Act("rollback", _rollouts.RollbackAsync);
                break;
            case 6:
                _rollouts.Wish((RolloutWish)chance.Next(3));
                break;
            case 7:
                _rollouts.Invariants.IsUntouched = false;
                var verb = (ActionVerb)chance.Next(4);
                _world.Act($"{verb} {service.Name}", s => _rollouts.BesideAsync(() => s.ActAsync(new(verb, [service.Name]), _ => { }, CancellationToken.None)));
                break;
            case 8 or 9:
                _world.KillDaemon("chance");
                break;
            case 10:
                _world.Journal.IsFull = !_world.Journal.IsFull;
                _world.Invariants.DiskFull();
                _world.Tell(_world.Journal.IsFull ? "the disk is full" : "the disk has room again");
                break;
            case 11:
                foreach (var victim in _world.Kernel.Alive.Where(_ => chance.Next(2) == 0).ToList())
                {
                    _world.Tell($"somebody kills {victim}");
                    _world.Kernel.End(victim, new(null, 9));
                }

                break;
            case 12:
                _world.ExternalIsThere = !_world.ExternalIsThere;
                _world.Tell(_world.ExternalIsThere ? "redis is back" : "redis is away");
                break;
            case 13 when chance.Next(2) == 0:
                _world.Reboot();
                _world.Tell("the host was started again");
                break;
            case 14 when chance.Next(2) == 0:
                _rollouts.Invariants.IsUntouched = false;
                _world.Act("down", _rollouts.DownAsync);
                break;
        }
    }

    private void Rest(TimeSpan span)
    {
        _world.Haunt(0);
        (_world.SlowProbes, _world.SpawnFailures, _world.PublishFailures, _rollouts.TroubleRate) = (0, 0, 0, 0);
        _world.Journal.IsFull = false;
        _world.ExternalIsThere = true;
        _world.Tell("faults stop");
        _world.Run(TimeSpan.FromSeconds(3));
        RunToEnd(null);
        _world.Run(span / 2);
        if (_world.Chance.Next(2) == 0)
        {
            _world.KillDaemon("one last time");
        }

        _world.Run(span / 2);
        _world.Invariants.AtRest();
        _rollouts.Invariants.AtRest();
        _world.Invariants.Look();
    }

    private SimProgram Pick(SimProgram[] programs) => programs[_world.Chance.Next(programs.Length)];
}
