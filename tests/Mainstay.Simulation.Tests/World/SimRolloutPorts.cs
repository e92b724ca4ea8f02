using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Linux.Processes;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Simulation.Tests.World;

/// <summary>The stack around the services: the supervisor's part of what the daemon does.</summary>
internal sealed class SimStack(StackSupervisor supervisor) : IStack
{
    public async Task<StackOutcome> FrameAsync(StackSpec stack, Action<OperationStep> progress, CancellationToken token) =>
        Outcome(await supervisor.FrameAsync(stack, CancellationToken.None).WaitAsync(token));

    public async Task<StackOutcome> ApplyAsync(StackSpec stack, ImmutableArray<AppliedService> services, Action<OperationStep> progress, CancellationToken token) =>
        Outcome(await supervisor.ApplyAsync(new(stack, services), [], progress, CancellationToken.None).WaitAsync(token));

    public async Task<StackOutcome> RestoreAsync(StackSpec? before, ImmutableArray<AppliedService> services, Action<OperationStep> progress, CancellationToken token) => Outcome(before is null
        ? await supervisor.DownAsync(progress, CancellationToken.None).WaitAsync(token)
        : await supervisor.ApplyAsync(new(before, services), [], progress, CancellationToken.None).WaitAsync(token));

    private static StackOutcome Outcome(OperationResult result) => new(result.ExitCode is ExitCode.Done, result.Summary, result.Failures.FirstOrDefault());
}

/// <summary>Requests come evenly to every process that the edge knows; how they go is in its program.</summary>
internal sealed class SimMeter(SimWorld world, Life life) : ITrafficMeter
{
    private const double EachSecond = 20;

    /// <summary>Who has a share of the traffic for its candidates just now.</summary>
    public Dictionary<string, CanarySpec> Shares { get; } = [];

    public ServiceTraffic? Read(ServiceName service) =>
        new(world.Kernel.All.Where(p => p.Service == service.Value).ToImmutableDictionary(p => p.RunId, Of), 0, TimeSpan.Zero, TimeSpan.Zero);

    public Task ShareAsync(ServiceName service, CanarySpec? rule, CancellationToken token)
    {
        life.Pass("share");
        if (rule is null)
        {
            Shares.Remove(service.Value);
        }
        else
        {
            Shares[service.Value] = rule;
        }

        return Task.CompletedTask;
    }

    private EndpointTraffic Of(SimProcess process)
    {
        var requests = (long)(TimeSpan.FromTicks((process.EndedAt ?? world.Events.Now) - process.StartedAt).TotalSeconds * EachSecond);
        return new(requests, (long)(requests * process.Program.Errors), [requests]);
    }
}

/// <summary>What the kernel says of a process, unless a story lets it lie.</summary>
internal sealed class SimFacts(SimWorld world, SimRollouts rollouts) : IProcessFacts
{
    private const string Binary = "/usr/bin/program";

    public ProcessSight? Look(int pid, long startTime)
    {
        if (world.Kernel.Find(new ProcessIdentity(pid, startTime), "") is not { } process)
        {
            return null;
        }

        var truth = new ProcessSight(Binary, process.Directory, process.Arguments, process.Environment);
        var told = rollouts.Lies(process, truth);
        process.WasProven |= ReferenceEquals(told, truth);
        return told;
    }

    public ProgramSight? Resolve(string program, string directory, string path) => new(Binary, null);
}

/// <summary>One question, answered by the program that owns the port.</summary>
internal sealed class SimVerifier(Life life) : IVerifier
{
    public async Task<VerifyOutcome> AskAsync(VerifySpec verify, int? port, AppliedService service, ImmutableSortedDictionary<string, string> extra, CancellationToken token)
    {
        life.Pass("verify");
        await Task.Delay(life.World.Vary(TimeSpan.FromMilliseconds(20)), life.Time, token);
        var program = life.World.Programs[int.Parse(service.Environment["PROGRAM"], CultureInfo.InvariantCulture)];
        return program.AnswersWrongly ? new(false, "500, an error page") : new(true, "200");
    }
}
