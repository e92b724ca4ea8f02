using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Simulation.Tests.World;

/// <summary>A simulated world for one told story: no faults but those that the test asks for.</summary>
internal sealed class Stage
{
    public Stage()
        : this(_ => null)
    {
    }

    /// <param name="rollouts">Those of the world, if it has any.</param>
    public Stage(Func<SimWorld, SimRollouts?> rollouts)
    {
        World = new(seed: 1);
        World.Rollouts = rollouts(World);
        Manifests = new(World);
        World.StartDaemon();
        World.Run(TimeSpan.FromSeconds(1));
    }

    public SimWorld World { get; }

    public SimManifests Manifests { get; }

    public List<OperationStep> Steps { get; } = [];

    public ServiceSpec Service(string name, SimProgram program, PortSpec? port = null, int instances = 1, params string[] dependsOn) =>
        Manifests.Service(name, program, port ?? new(PortKind.Auto), instances, dependsOn) with
        {
            Healthcheck = (port ?? new(PortKind.Auto)).Kind is PortKind.None ? null : new(new TcpProbeSpec(), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1), 3, TimeSpan.FromSeconds(4), TimeSpan.FromMilliseconds(200)),
        };

    public OperationResult Up(params ServiceSpec[] services)
    {
        var wanted = Manifests.Make(services);
        return Act(s => s.ApplyAsync(wanted, [], Steps.Add, CancellationToken.None));
    }

    public OperationResult Act(ActionVerb verb, params string[] services) =>
        Act(s => s.ActAsync(new(verb, [.. services.Select(n => new ServiceName(n))]), Steps.Add, CancellationToken.None));

    /// <summary>Acts, and lets the world run until there is an answer.</summary>
    public OperationResult Act(Func<StackSupervisor, Task<OperationResult>> act)
    {
        var answer = Begin(act);
        for (var i = 0; !answer.IsThere && i < 6000; i++)
        {
            World.Run(TimeSpan.FromMilliseconds(100));
        }

        Assert.True(answer.IsThere, "the operation has not ended within ten minutes");
        return answer.Result;
    }

    public Answer Begin(Func<StackSupervisor, Task<OperationResult>> act)
    {
        World.Act("test", act);
        return new(World.Running[^1]);
    }

    public ServiceStatus Status(string service) => World.Supervisor!.Services().Single(s => s.Name.Value == service);

    /// <summary>The living processes of a service, oldest first.</summary>
    public ImmutableArray<SimProcess> Processes(string service) => [.. World.Kernel.Alive.Where(p => p.Service == service).OrderBy(p => p.StartedAt).ThenBy(p => p.Slot, StringComparer.Ordinal)];

    public ImmutableArray<int> Pids(string service) => [.. Processes(service).Select(p => p.Identity.Pid).Order()];

    public void Run(double seconds) => World.Run(TimeSpan.FromSeconds(seconds));
}

/// <summary>What an operation answers, once it has.</summary>
internal sealed class Answer(Task<OperationResult> task)
{
    public bool IsThere => task.IsCompleted;

    public bool IsCanceled => task.IsCanceled;

    /// <summary>Only once it is there: nothing waits in a simulated world.</summary>
    public OperationResult Result => task.IsCompletedSuccessfully ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("there is no answer yet");
}
