using System.Collections.Immutable;
using Mainstay.Preflight.EdgeFiles;
using Mainstay.Preflight.Ports;
using Mainstay.Preflight.Releases;
using Mainstay.Preflight.Services;
using Mainstay.Preflight.Variables;
using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;

namespace Mainstay.Preflight;

/// <summary>Everything that can be known before a stack is started: environments, files, users, ports, certificates, disk. Changes nothing.</summary>
public static class PreflightCheck
{
    /// <summary>A shorter value is too common a piece of text to be hidden wherever it occurs.</summary>
    private const int ShortestHidden = 6;

    /// <summary>Finds all problems at once: services in their order, then the edge, then Mainstay's own place.</summary>
    /// <remarks>Of a manifest with problems, what could be read is checked; nothing is said that depends on the rest.</remarks>
    public static PreflightReport Run(ReadableManifest manifest, PreflightHost host)
    {
        var (stack, findings) = (manifest.Stack, new Findings(manifest));
        var services = stack.Services.Select(s => CheckService(manifest, s, host, findings)).ToImmutableArray();
        findings.AddRange(SecretRules.CheckAcross(services.Where(s => EnvironmentCheck.IsKnown(s.Case)).Select(s => s.Source)));
        new PortCheck(manifest, host, new HolderText(SecretsOf(services)), findings).Run([.. services.Select(s => s.Case)]);
        new CertificateCheck(manifest, host, findings).Run();
        ErrorPagesCheck.Run(stack, host.Facts, findings);
        HomeCheck.Run(host, findings);
        return new(
            findings.ToImmutable(),
            LimitsCheck.NoticeFor(stack, host.Facts.MissingLimits) is { } notice ? [notice] : [],
            services.ToImmutableSortedDictionary(s => s.Case.Service.Name, s => s.Environment));
    }

    private static CheckedService CheckService(ReadableManifest manifest, ServiceSpec service, PreflightHost host, Findings findings)
    {
        var checkedCase = new ServiceCase(manifest, service, UserCheck.Run(manifest, service, host.Facts, findings), host.Facts);
        var environment = EnvironmentResolver.Resolve(manifest, service, host.Facts);
        var directoryIsThere = checkedCase.HasItsFiles && DirectoryCheck.Run(checkedCase, findings);
        ProgramCheck.Run(checkedCase, environment.Variables, directoryIsThere, findings);
        OutsideCodeCheck.Run(checkedCase, findings);
        LimitsCheck.Run(checkedCase, findings);
        findings.AddRange(environment.Problems);
        var source = EnvironmentCheck.SourceOf(checkedCase, environment);
        if (EnvironmentCheck.IsKnown(checkedCase))
        {
            EnvironmentCheck.Run(source, findings);
            ShippedCheck.Run(checkedCase, source, host.Settings, findings);
        }

        return new(checkedCase, environment, source);
    }

    private static ImmutableArray<string> SecretsOf(ImmutableArray<CheckedService> services) =>
        [.. services.SelectMany(s => s.Environment.Variables.Where(v => v.Value.Length >= ShortestHidden && SecretRules.IsSecret(v.Key, s.Case.Service.EnvSchema)).Select(v => v.Value)).Distinct()];

    private sealed record CheckedService(ServiceCase Case, ResolvedEnvironment Environment, SecretSource Source);
}
