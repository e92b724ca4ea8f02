using System.Collections.Immutable;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Daemon.Applying;

/// <summary>What preparing a manifest needs to know of the host; tests put a fake one here.</summary>
internal interface IHostCheck
{
    /// <summary>Checks against the host what could be read of a manifest, and resolves every environment. Changes nothing.</summary>
    HostCheckReport Check(ReadableManifest manifest);
}

internal sealed record HostCheckReport(AppliedStack Applied, ImmutableArray<Problem> Problems);
