using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Contracts.Rollouts;
using Mainstay.Journal;
using Mainstay.Rollout.Backups;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Execution;
using Mainstay.Rollout.Execution.Steps;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Sources;
using Mainstay.Rollout.Verification;
using Mainstay.Spec.Model;
using Microsoft.Extensions.Logging;

namespace Mainstay.Rollout;

/// <summary>Everything through which rollouts meet the world.</summary>
/// <param name="HostPath">PATH of the daemon, which services get that declare none.</param>
/// <param name="Redact">Takes the secrets of an environment out of a line.</param>
public sealed record RolloutPorts(
    IInstances Instances,
    IStack Stack,
    ITrafficMeter Traffic,
    IVerifier Verifier,
    IProcessFacts Processes,
    ICommands Commands,
    IReleaseCheck ReleaseCheck,
    IJournal Journal,
    TimeProvider Time,
    ILogger Logger,
    string HostPath,
    RedactorOf Redact);

/// <summary>Puts rollouts together. The daemon makes one from its ports.</summary>
public sealed class RolloutHouse : IAsyncDisposable
{
    private readonly IInstances _instances;

    public RolloutHouse(HomeLayout home, RolloutPorts ports)
    {
        _instances = ports.Instances;
        Store = new(home.Releases, TreeLimits.Default, ports.Time);
        var sources = new SourceReader(ports.Commands, Store.Mirrors, SourceLimits.Default);
        var maker = new ReleaseMaker(sources, Store, new(ports.Commands, ports.Time), new(TreeLimits.Default), ports.ReleaseCheck, ports.Redact);
        var backups = new BackupRun(ports.Commands, new(home.Backups, ports.Time), TreeLimits.Default, ports.Time);
        var check = new InstanceCheck(new(ports.Processes, ports.HostPath), ports.Verifier, Store, ports.Time, TaskScheduler.Default);
        var book = new RolloutBook(ports.Journal, ports.Logger);
        var steps = new StepRunners(new Dictionary<StepKind, IStepRunner>
        {
            [StepKind.Fetch] = new FetchStep(maker),
            [StepKind.Build] = new BuildStep(maker),
            [StepKind.Artifacts] = new ArtifactsStep(maker),
            [StepKind.Backup] = new BackupStep(maker, backups),
            [StepKind.Migrate] = new MigrateStep(maker, new(ports.Commands)),
            [StepKind.Frame] = new FrameStep(ports.Stack),
            [StepKind.Roll] = new RollStep(ports.Instances, check, new(ports.Instances, ports.Traffic)),
            [StepKind.Apply] = new ApplyStep(ports.Stack),
            [StepKind.Prove] = new ProveStep(ports.Instances, check),
            [StepKind.Bake] = new BakeStep(ports.Instances, ports.Traffic),
            [StepKind.Undo] = new UndoStep(ports.Instances, ports.Stack),
        });
        Rollouts = new(
            new(book, steps, new(ports.Traffic), RolloutMachine.Next, ports.Time, ports.Logger, Store.DiscardUnfinished),
            new(ports.Instances, Store, book, ports.Time.GetUtcNow(), TaskScheduler.Default));
        var preflight = new SourcePreflight(sources, ports.ReleaseCheck, Store.Root, TreeLimits.Default, ports.Time);
        preflight.Clear();
        Planner = new(sources, preflight, Store, ports.Time);
        Rollbacks = new(book, Store, ports.Time);
    }

    public Rollouts Rollouts { get; }

    public ReleaseStore Store { get; }

    public DeployPlanner Planner { get; }

    public RollbackPlanner Rollbacks { get; }

    /// <summary>The processes of a service, for the record.</summary>
    public ImmutableArray<InstanceSight> Sights(ServiceName service) => [.. _instances.Look(service).Select(InstanceSights.Of)];

    public ValueTask DisposeAsync() => Rollouts.DisposeAsync();
}
