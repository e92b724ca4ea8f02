using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Stacks;

/// <summary>A manifest, checked and resolved, as it is to be brought about.</summary>
/// <param name="Services">One for each service of <paramref name="Spec"/>.</param>
public sealed record AppliedStack(StackSpec Spec, ImmutableArray<AppliedService> Services);

/// <summary>One service with nothing left to look up.</summary>
/// <param name="Environment">The declared variables: the manifest's and those of its env files. PATH and the like and Mainstay's own are added at each start.</param>
/// <param name="Revision">Equal for equal processes; <see cref="Spec.Diff.Revision.Of"/> makes it.</param>
public sealed record AppliedService(ServiceSpec Spec, ImmutableSortedDictionary<string, string> Environment, string Revision);

/// <summary>What the journal keeps of the stack itself. <paramref name="Operation"/> numbers the acts of users, across daemons.</summary>
internal sealed record StackRecord(StackSpec? Spec, long Operation);
