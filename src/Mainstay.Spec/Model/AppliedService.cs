using System.Collections.Immutable;

namespace Mainstay.Spec.Model;

/// <summary>One service with nothing left to look up: what its processes are made of.</summary>
/// <param name="Spec">With an absolute directory, also when the service has a source.</param>
/// <param name="Environment">The declared variables: the manifest's and those of its env files. PATH and the like and Mainstay's own are added at each start.</param>
/// <param name="Revision">Equal for equal processes; <see cref="Diff.Revision.Of"/> makes it.</param>
/// <param name="Release">What status shows and the process finds in MAINSTAY_RELEASE: the release's id, or the revision of a service without a source.</param>
public sealed record AppliedService(ServiceSpec Spec, ImmutableSortedDictionary<string, string> Environment, string Revision, string Release);
