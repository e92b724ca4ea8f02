using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mainstay.Spec;
using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Services;

/// <summary>
/// A short name for what a process is made of: equal exactly when replacing the process would change nothing. Probes, restart
/// limits, stop rules, dependencies, log limits and the number of instances are policy: they apply to the processes that run.
/// </summary>
public static class ProcessRevision
{
    /// <param name="environment">The final variables: the manifest's and those of its env files.</param>
    /// <returns>Twelve hexadecimal digits.</returns>
    public static string Of(ServiceSpec spec, ImmutableSortedDictionary<string, string> environment)
    {
        var shape = spec with
        {
            Command = spec.Command with { Span = SourceSpan.None },
            Instances = 0,
            Environment = environment,
            EnvFiles = [],
            EnvSchema = null,
            DependsOn = [],
            Healthcheck = Notified(spec.Healthcheck),
            Restart = RestartSpec.Default,
            Resources = spec.Resources with { MemoryWarn = null },
            Stop = StopSpec.Default,
            Logs = LogsSpec.Default,
            Span = SourceSpan.None,
        };
        var json = JsonSerializer.Serialize(shape, SpecJson.Default.ServiceSpec);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..12];
    }

    /// <summary>A service that is asked by sd_notify is given a socket and a watchdog; every other check leaves no mark on the process.</summary>
    private static HealthcheckSpec? Notified(HealthcheckSpec? check) => check is { Probe: NotifyProbeSpec }
        ? check with { Timeout = default, StartPeriod = default, StartInterval = default }
        : null;
}
