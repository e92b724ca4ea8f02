using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Stacks;

/// <summary>A manifest, checked and resolved, as it is to be brought about.</summary>
/// <param name="Services">One for each service of <paramref name="Spec"/>.</param>
public sealed record AppliedStack(StackSpec Spec, ImmutableArray<AppliedService> Services);

/// <summary>What the journal keeps of the stack itself. <paramref name="Operation"/> numbers the acts of users, across daemons.</summary>
/// <param name="Framed">The stack is there although it has no service yet: its first rollout is under way.</param>
internal sealed record StackRecord(StackSpec? Spec, long Operation, bool Framed = false);
