using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Daemon.Lifecycle;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Daemon.Rollouts;

/// <summary>The rollout's questions, asked like those of a healthcheck.</summary>
internal sealed class ProberVerifier(IProber prober) : IVerifier
{
    public async Task<VerifyOutcome> AskAsync(VerifySpec verify, int? port, AppliedService service, ImmutableSortedDictionary<string, string> extra, CancellationToken token)
    {
        var environment = HostVariables.Of(service.Spec.User).SetItems(service.Environment).SetItems(extra);
        environment = port is { } number ? environment.SetItem("PORT", number.ToString(CultureInfo.InvariantCulture)) : environment;
        var result = await prober.ProbeAsync(new(verify.Probe, verify.Timeout, port, service.Spec.Directory, environment, service.Spec.User), token);
        return new(result.Passed, result.Detail);
    }
}
