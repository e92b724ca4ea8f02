using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Daemon.Applying;

/// <summary>What preparing a manifest needs to know of the host; tests put a fake one here.</summary>
internal interface IHostCheck
{
    /// <summary>Checks the stack against the host and resolves every environment. Changes nothing.</summary>
    HostCheckReport Check(StackSpec stack);
}

internal sealed record HostCheckReport(AppliedStack Applied, ImmutableArray<Problem> Problems);
