using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Linux.Proc.Ports;
using Mainstay.Preflight;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Diff;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Shipped;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Daemon.Applying;

/// <summary>The preflight, as the daemon runs it: the same checks as `mainstay check`, but it knows which listeners are its own.</summary>
internal sealed class PreflightHostCheck(HomeLayout home, IHostFacts facts, Func<PortHolder, bool> isOurs, SettingsReader? settings, TimeProvider clock) : IHostCheck
{
    public HostCheckReport Check(ReadableManifest manifest)
    {
        var stack = manifest.Stack;
        var report = PreflightCheck.Run(manifest, new PreflightHost(home, facts, clock.GetUtcNow(), isOurs) { Settings = settings });
        var services = stack.Services.Select(s =>
        {
            var variables = report.Environments[s.Name].Variables;
            var revision = Revision.Of(s, Revision.EnvironmentDigest(variables));
            return new AppliedService(s, variables, revision, revision);
        });
        return new(new AppliedStack(stack, [.. services]), report.Problems);
    }
}
