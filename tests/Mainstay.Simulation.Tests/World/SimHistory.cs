using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Diff;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Services;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Simulation.Tests.World;

/// <summary>Manifests out of chance: services of every kind of port and check, running programs of every kind of character.</summary>
internal sealed class SimManifests(SimWorld world)
{
    private static readonly ServiceName Redis = new("redis");

    private readonly Dictionary<string, (HealthcheckSpec? Check, TimeSpan? RetryEvery)> _policies = [];

    public AppliedStack Make(IEnumerable<ServiceSpec> services)
    {
        var all = services.ToImmutableArray();
        foreach (var service in all)
        {
            world.Invariants.Specs[service.Name.Value] = service;
        }

        var external = new ExternalSpec(Redis, "127.0.0.1:6379", null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), SourceSpan.None);
        var stack = new StackSpec(new("sim"), "mainstay.yaml", "/srv", EdgeSpec.None with { WsDrain = TimeSpan.FromSeconds(8) }, all, [external], []);
        return new(stack, [.. all.Select(Applied)]);
    }

    private static AppliedService Applied(ServiceSpec spec)
    {
        var revision = Revision.Of(spec, Revision.EnvironmentDigest(spec.Environment));
        return new(spec, spec.Environment, revision, revision);
    }

    public ServiceSpec Service(string name, SimProgram program, PortSpec port, int instances, params string[] dependsOn)
    {
        // A name keeps its policy for the whole history: what is checked must not depend on which manifest got through.
        var (check, retryEvery) = _policies.TryGetValue(name, out var known) ? known : _policies[name] = (Check(port), world.Happens(0.2) ? TimeSpan.FromMinutes(2) : null);
        return With(
            new(
                new(name),
                new(["program"], Shell: false, SourceSpan.None),
                "/srv",
                instances,
                port,
                ImmutableSortedDictionary<string, string>.Empty,
                [],
                null,
                [.. dependsOn.Select(d => new DependencySpec(new(d), DependencyCondition.Healthy, SourceSpan.None))],
                check,
                new(RestartKind.Always, 4, TimeSpan.FromMinutes(10), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), [], retryEvery),
                new(500_000_000, 300_000_000, null, null),
                new("SIGTERM", TimeSpan.FromSeconds(5)),
                null,
                LogsSpec.Default,
                RolloutSpec.None,
                SourceSpan.None),
            program);
    }

    /// <summary>The same service with another program: what a changed manifest is.</summary>
    public ServiceSpec With(ServiceSpec service, SimProgram program)
    {
        world.Programs.Add(program);
        return service with { Environment = service.Environment.SetItem("PROGRAM", (world.Programs.Count - 1).ToString(CultureInfo.InvariantCulture)) };
    }

    public SimProgram ProgramOf(ServiceSpec service) => world.Programs[int.Parse(service.Environment["PROGRAM"], CultureInfo.InvariantCulture)];

    private HealthcheckSpec? Check(PortSpec port) => port.Kind switch
    {
        PortKind.None => world.Happens(0.5) ? null : With(new NotifyProbeSpec()),
        PortKind.Inherit => With(new NotifyProbeSpec()),
        PortKind.Auto or PortKind.Fixed => world.Happens(0.2) ? null : With(new TcpProbeSpec()),
    };

    private static HealthcheckSpec With(ProbeSpec probe) => new(probe, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), 3, TimeSpan.FromSeconds(4), TimeSpan.FromMilliseconds(200));
}

/// <summary>One seeded history: a stack, users who change it, and faults. Then the faults stop, and everything has to come to an end.</summary>
internal sealed class SimHistory(SimWorld world)
{
    private readonly SimManifests _manifests = new(world);
    private List<ServiceSpec> _services = [];

    /// <summary>Anything may happen.</summary>
    public void Rough()
    {
        var chance = world.Chance;
        world.SlowProbes = chance.Next(3) == 0 ? 0.05 : 0;
        world.SpawnFailures = chance.Next(4) == 0 ? 0.05 : 0;
        world.PublishFailures = chance.Next(4) == 0 ? 0.1 : 0;
        world.WhileASpawnFails = StopOrRestart;
        world.Haunt(chance.Next(2) == 0 ? 0.002 : 0);
        _services = [.. Stack()];
        world.StartDaemon();
        world.Run(TimeSpan.FromSeconds(1));
        Up();
        var steps = chance.Next(4, 10);
        for (var i = 0; i < steps; i++)
        {
            world.Run(TimeSpan.FromSeconds(Math.Pow(10, chance.NextDouble() * 2.3)));
            Disturb();
        }

        Rest(TimeSpan.FromMinutes(16));
    }

    /// <summary>Good programs and good users, but releases that may be bad and daemons that may die: then not one ready instance may be missing.</summary>
    public void Smooth()
    {
        var chance = world.Chance;
        world.PublishFailures = chance.Next(4) == 0 ? 0.05 : 0;
        var port = chance.Next(3) == 0 ? new PortSpec(PortKind.Inherit) : new PortSpec(PortKind.Auto);
        _services = [_manifests.Service("web", SimProgram.Good, port, chance.Next(1, 4))];
        world.StartDaemon();
        world.Run(TimeSpan.FromSeconds(1));
        Up();
        world.Run(TimeSpan.FromSeconds(30));
        world.Invariants.Floor["web"] = _services[0].Instances;
        world.Haunt(chance.Next(2) == 0 ? 0.004 : 0);
        for (var i = 0; i < 6; i++)
        {
            var good = chance.Next(2) == 0;
            var before = _services[0];
            if (chance.Next(3) == 0)
            {
                world.Act("reload", s => s.ActAsync(new(ActionVerb.Reload, []), _ => { }, CancellationToken.None));
            }
            else
            {
                _services[0] = _manifests.With(before, Pick(good ? SimProgram.Healthy : SimProgram.Broken));
                Up();
            }

            world.Run(TimeSpan.FromSeconds(chance.Next(1, 120)));
            if (!good)
            {
                _services[0] = before;
            }
        }

        Rest(TimeSpan.FromMinutes(4));
    }

    private void Rest(TimeSpan span)
    {
        world.Haunt(0);
        (world.SlowProbes, world.SpawnFailures, world.PublishFailures) = (0, 0, 0);
        world.Journal.IsFull = false;
        world.ExternalIsThere = true;
        world.Tell("faults stop");
        world.Run(span / 2);
        if (world.Chance.Next(2) == 0)
        {
            // What is at rest must stay so under the next daemon.
            world.KillDaemon("one last time");
        }

        world.Run(span / 2);
        world.Invariants.AtRest();
    }

    private IEnumerable<ServiceSpec> Stack()
    {
        var chance = world.Chance;
        yield return _manifests.Service("db", Pick(SimProgram.All), new(PortKind.Fixed, 5432), 1, "redis");
        yield return _manifests.Service("api", Pick(SimProgram.All), new(PortKind.Auto), chance.Next(1, 4), "db");
        yield return _manifests.Service("worker", Pick(SimProgram.All), new(PortKind.None), chance.Next(1, 3));
        if (chance.Next(2) == 0)
        {
            yield return _manifests.Service("socket", Pick(SimProgram.All), new(PortKind.Inherit), chance.Next(1, 3), "api");
        }
    }

    private void Up()
    {
        var wanted = _manifests.Make(_services);
        world.Act("up", s => s.ApplyAsync(wanted, [], _ => { }, CancellationToken.None));
    }

    private void Disturb()
    {
        var chance = world.Chance;
        var service = _services[chance.Next(_services.Count)];
        switch (chance.Next(16))
        {
            case 0 or 1 or 2:
                _services = [.. _services.Select(s => s == service ? _manifests.With(s, Pick(SimProgram.All)) : s)];
                Up();
                break;
            case 3:
                _services = [.. _services.Select(s => s == service && s.Port.Kind is not PortKind.Fixed ? s with { Instances = chance.Next(1, 4) } : s)];
                Up();
                break;
            case 4:
                _services = _services.Count > 2 ? [.. _services.Where(s => s != service && s.DependsOn.All(d => d.On != service.Name)).DefaultIfEmpty(service)] : [.. Stack()];
                _services = [.. _services.Where(s => s.DependsOn.All(d => d.On.Value == "redis" || _services.Any(o => o.Name == d.On)))];
                _services = _services.Count == 0 ? [.. Stack()] : _services;
                Up();
                break;
            case 5 or 6 or 7:
                var verb = (ActionVerb)chance.Next(4);
                var all = chance.Next(4) == 0;
                world.Act($"{verb} {(all ? "all" : service.Name)}", s => s.ActAsync(new(verb, all ? [] : [service.Name]), _ => { }, CancellationToken.None), verb is not ActionVerb.Stop ? [] : all ? [.. _services.Select(o => o.Name.Value)] : [service.Name.Value]);
                break;
            case 8:
                world.Act($"scale {service.Name}", s => s.ScaleAsync(new(service.Name, chance.Next(0, 4)), _ => { }, CancellationToken.None));
                break;
            case 9 or 10:
                world.KillDaemon("chance");
                break;
            case 11:
                world.Journal.IsFull = !world.Journal.IsFull;
                world.Invariants.DiskFull();
                world.Tell(world.Journal.IsFull ? "the disk is full" : "the disk has room again");
                break;
            case 12:
                world.Events.Wall += TimeSpan.FromHours(chance.Next(-30, 30));
                world.Tell("the wall clock jumps");
                break;
            case 13:
                foreach (var victim in world.Kernel.Alive.Where(_ => chance.Next(2) == 0).ToList())
                {
                    world.Tell($"somebody kills {victim}");
                    world.Kernel.End(victim, new(null, 9));
                }

                break;
            case 14:
                world.ExternalIsThere = !world.ExternalIsThere;
                world.Tell(world.ExternalIsThere ? "redis is back" : "redis is away");
                break;
            case 15 when chance.Next(3) == 0:
                world.Reboot();
                world.Tell("the host was started again");
                break;
            case 15 when chance.Next(2) == 0:
                world.Act("down", s => s.DownAsync(_ => { }, CancellationToken.None));
                break;
        }
    }

    private void StopOrRestart()
    {
        var chance = world.Chance;
        if (chance.Next(2) == 0)
        {
            var service = _services[chance.Next(_services.Count)];
            var verb = chance.Next(2) == 0 ? ActionVerb.Stop : ActionVerb.Restart;
            world.Act($"{verb} {service.Name}", s => s.ActAsync(new(verb, [service.Name]), _ => { }, CancellationToken.None), verb is ActionVerb.Stop ? [service.Name.Value] : []);
        }
    }

    private SimProgram Pick(SimProgram[] programs) => programs[world.Chance.Next(programs.Length)];
}
