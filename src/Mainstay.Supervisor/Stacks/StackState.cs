using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Services;

namespace Mainstay.Supervisor.Stacks;

/// <summary>Everything that an act of a user can change, as one value: it is written in one batch or not at all.</summary>
/// <param name="Needy">Services of which some instance is not as wanted (parked, behind its brake, stopped): an explicit start is news to them.</param>
internal sealed record StackState(StackRecord Stack, ImmutableSortedDictionary<ServiceName, ServiceRecord> Services, ImmutableHashSet<ServiceName> Needy);

/// <summary>What an act comes to.</summary>
/// <param name="Targets">The services whose arrival the operation waits for.</param>
/// <param name="Refused">Why nothing is done, one sentence; null when something is.</param>
internal sealed record StackChange(StackState State, ImmutableArray<ServiceName> Targets, string? Refused = null);
