using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Ports;

/// <summary>The stack around the services: its name, routes and edge. The daemon plugs supervisor and edge in here. Everything is idempotent.</summary>
public interface IStack
{
    /// <summary>The stack is known and its edge serves, without a single service. For the first rollout of a home.</summary>
    Task<StackOutcome> FrameAsync(StackSpec stack, Action<OperationStep> progress, CancellationToken token);

    /// <summary>Routes, counts and policies are as the manifest says, and what it no longer has is gone.</summary>
    Task<StackOutcome> ApplyAsync(StackSpec stack, ImmutableArray<AppliedService> services, Action<OperationStep> progress, CancellationToken token);

    /// <summary>As it was; null: nothing was there, and everything goes.</summary>
    Task<StackOutcome> RestoreAsync(StackSpec? before, ImmutableArray<AppliedService> services, Action<OperationStep> progress, CancellationToken token);
}

public sealed record StackOutcome(bool Ok, string Because, FailureReport? Failure);
