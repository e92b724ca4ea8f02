using System.Collections.Immutable;
using Mainstay.Preflight.Host;
using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Variables;

/// <summary>Reads env files and merges them: the one place that knows what a service's declared environment is.</summary>
public static class EnvironmentResolver
{
    /// <summary>Reads the service's env files now. Always gives an environment; with problems it is what could be read.</summary>
    public static ResolvedEnvironment Resolve(ReadableManifest manifest, ServiceSpec service, IHostFacts host)
    {
        var (stack, findings) = (manifest.Stack, new Findings(manifest));
        var variables = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var setAt = ImmutableSortedDictionary.CreateBuilder<string, Where>(StringComparer.Ordinal);
        foreach (var file in service.EnvFiles)
        {
            foreach (var entry in EntriesOf(file, stack, service, host, findings))
            {
                variables[entry.Name] = entry.Value;
                setAt[entry.Name] = new(ShownPath.Of(stack, file.Path), entry.Line, 1, entry.Name);
            }
        }

        foreach (var (name, value) in service.Environment)
        {
            variables[name] = value;
            setAt[name] = findings.At(service.Span, $"environment.{name}");
        }

        var complete = EnvSchemaEvaluator.WithDefaults(service.EnvSchema, variables.ToImmutable());
        return new(service.Name, complete, setAt.ToImmutable(), findings.ToImmutable());
    }

    private static ImmutableArray<EnvFileEntry> EntriesOf(EnvFileSpec file, StackSpec stack, ServiceSpec service, IHostFacts host, Findings findings)
    {
        EnvFileGuard.Check(file, stack, service, host, findings);
        var shown = ShownPath.Of(stack, file.Path);
        switch (host.Read(file.Path, BoundedFile.MostBytes))
        {
            case { Text: { } text }:
                var read = EnvFileReader.Read(shown, text);
                findings.AddRange(read.Problems);
                return read.Entries;

            case { Missing: true }:
                findings.Error(
                    EnvironmentCodes.FileMissing, findings.At(file.Span), $"the env_file {shown} of service \"{service.Name}\" does not exist", "create it with mode 0600, correct the path, or remove it from env_file");
                return [];

            case { Fault: var fault }:
                findings.Error(EnvironmentCodes.FileUnreadable, findings.At(file.Span), $"the env_file {shown} of service \"{service.Name}\" {fault}", $"name a regular file of at most 4 MiB that user \"{host.Self.Name}\" can read");
                return [];
        }
    }
}
