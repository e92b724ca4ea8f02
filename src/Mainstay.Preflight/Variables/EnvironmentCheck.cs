using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Linux.Files;
using Mainstay.Preflight.Host;
using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Variables;

/// <summary>A service's environment against its schema and against common sense.</summary>
internal static class EnvironmentCheck
{
    private const int LongestPem = 256 * 1024;

    /// <summary>What the host and Mainstay add at each start, so that no schema misses it.</summary>
    private static readonly ImmutableHashSet<string> Provided =
        ["PATH", "HOME", "USER", "LANG", "TZ", "MAINSTAY_STACK", "MAINSTAY_SERVICE", "MAINSTAY_INSTANCE", "MAINSTAY_RELEASE"];

    /// <summary>Whether the service's environment and its rules could be read, so that something can be said about it.</summary>
    public static bool IsKnown(ServiceCase service) => service.UnreadVariables is not null && service.IsRead("env_file") && service.IsRead("env_schema");

    /// <summary>What one service's environment breaks by itself.</summary>
    public static void Run(SecretSource source, Findings findings)
    {
        if (source.Schema is { } schema)
        {
            findings.AddRange(EnvSchemaEvaluator.Check(schema, source.Environment, source.Where));
        }

        findings.AddRange(SecretRules.Check(source));
    }

    /// <summary>The environment as the service will see it, as far as that is known: with PORT, without what only a start decides.</summary>
    public static SecretSource SourceOf(ServiceCase service, ResolvedEnvironment environment)
    {
        var spec = service.Service;
        var unread = service.UnreadVariables ?? [];
        var known = environment.Variables.RemoveRange(unread);
        var given = Provided.Union(unread);
        var (variables, provided) = spec.Port switch
        {
            { Kind: PortKind.Fixed, Number: var number } => (known.SetItem("PORT", number.ToString(CultureInfo.InvariantCulture)), given),
            { Kind: PortKind.Auto or PortKind.Inherit } => (known.Remove("PORT"), given.Add("PORT")),
            { Kind: PortKind.None } when MayHavePort(service) => (known.Remove("PORT"), given.Add("PORT")),
            { Kind: PortKind.None } => (known, given),
        };
        var schemaFile = spec.EnvSchema?.File is { } file ? ShownPath.Of(service.Stack, file) : service.Stack.File;
        var context = new EnvSchemaContext(spec.Name, schemaFile, spec.Directory, environment.SetAt, provided, path => LookAt(service, path))
        {
            NamedByUs = spec.Port.Kind is PortKind.Fixed ? ["PORT"] : [],
        };
        return new(spec.EnvSchema, variables, context);
    }

    /// <summary>Its port, a route to it or its healthcheck was written and could not be read.</summary>
    private static bool MayHavePort(ServiceCase service) => !service.Manifest.IsRead("routes") || !service.IsRead("port") || !service.IsRead("healthcheck");

    private static EnvFileFacts LookAt(ServiceCase service, string path)
    {
        // Nobody knows where a relative path begins then; or it begins in a release that is not there yet.
        if (!service.IsRead("directory") || !Path.IsPathRooted(path))
        {
            return new(EnvFileState.Readable, 1);
        }

        var facts = service.Host.Look(path);
        if (facts.Kind is FileKind.Missing or FileKind.Folder)
        {
            return new(facts.Kind is FileKind.Folder ? EnvFileState.Folder : EnvFileState.Missing);
        }

        return PathAccess.WhyNot(service.Host, service.User, path, Want.Read) is null
            ? new(EnvFileState.Readable, facts.Length, facts.Kind is FileKind.Regular ? PemIn(service.Host, path) : null)
            : new(EnvFileState.NotReadable);
    }

    private static string? PemIn(IHostFacts host, string path) =>
        host.Read(path, LongestPem).Text is { } text && text.TrimStart().StartsWith("-----BEGIN ", StringComparison.Ordinal) ? text : null;
}
