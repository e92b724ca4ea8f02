using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Diff;

/// <summary>One side of a comparison: a stack and what its env files resolved to.</summary>
/// <param name="EnvironmentDigests">By service, from <see cref="Revision.EnvironmentDigest"/>; a service that is missing here is compared by its manifest alone.</param>
public sealed record StackState(StackSpec Stack, ImmutableDictionary<ServiceName, string> EnvironmentDigests)
{
    public static StackState Of(StackSpec stack) => new(stack, ImmutableDictionary<ServiceName, string>.Empty);
}

/// <summary>What it takes to come from one stack to another.</summary>
/// <param name="Services">Services of the new stack in its order, then the removed ones in the order of the old.</param>
public sealed record StackDiff(ImmutableArray<ServiceChange> Services, bool EdgeChanged, bool RoutesChanged, bool ExternalChanged)
{
    public bool IsEmpty => !EdgeChanged && !RoutesChanged && !ExternalChanged && Services.All(s => s.Kind is ChangeKind.Unchanged);

    /// <param name="before">Null when nothing was applied yet.</param>
    public static StackDiff Of(StackState? before, StackState after)
    {
        var old = before?.Stack.Services.ToDictionary(s => s.Name) ?? [];
        var now = after.Stack.Services.Select(s => old.TryGetValue(s.Name, out var was)
            ? Compare(was, before!.EnvironmentDigests.GetValueOrDefault(s.Name), s, after.EnvironmentDigests.GetValueOrDefault(s.Name))
            : new ServiceChange(s.Name, ChangeKind.Added, [], "is new in the manifest"));
        var removed = (before?.Stack.Services ?? [])
            .Where(s => after.Stack.Find(s.Name) is null)
            .Select(s => new ServiceChange(s.Name, ChangeKind.Removed, [], "is no longer in the manifest"));
        return new StackDiff(
            [.. now, .. removed],
            !Canonical.Same(before?.Stack.Edge ?? EdgeSpec.None, after.Stack.Edge, SpecJson.Default.EdgeSpec),
            !Canonical.Same(before?.Stack.Routes ?? [], after.Stack.Routes, SpecJson.Default.ImmutableArrayRouteSpec)
                || !Canonical.Same(before?.Stack.Switches ?? [], after.Stack.Switches, SpecJson.Default.ImmutableArraySwitchSpec),
            !Canonical.Same(before?.Stack.External ?? [], after.Stack.External, SpecJson.Default.ImmutableArrayExternalSpec));
    }

    private static ServiceChange Compare(ServiceSpec was, string? digestWas, ServiceSpec now, string? digestNow)
    {
        var process = ProcessKeys(was, digestWas, now, digestNow).ToImmutableArray();
        ImmutableArray<string> count = was.Instances == now.Instances ? [] : ["instances"];
        var policy = PolicyKeys(was, now).ToImmutableArray();
        ImmutableArray<string> all = [.. process, .. count, .. policy];
        return process switch
        {
            [_, ..] => new(now.Name, ChangeKind.Process, all, $"{Listed(process)} changed, which takes new processes"),
            [] when !count.IsEmpty => new(now.Name, ChangeKind.Count, all, $"instances changed from {was.Instances} to {now.Instances}"),
            [] when policy.Any() && policy.All(RolloutKeys.Contains) => new(now.Name, ChangeKind.Policy, all, $"{Listed(policy)} changed, which the next rollout goes by"),
            [] when !policy.IsEmpty => new(now.Name, ChangeKind.Policy, all, $"{Listed(policy)} changed, which applies to the running processes"),
            [] => new(now.Name, ChangeKind.Unchanged, [], "is as before"),
        };
    }

    /// <summary>Policy that no running process feels.</summary>
    private static readonly string[] RolloutKeys = ["source", "build", "artifacts", "migrate", "backup", "deploy"];

    private static IEnumerable<string> ProcessKeys(ServiceSpec was, string? digestWas, ServiceSpec now, string? digestNow)
    {
        foreach (var ((key, before), (_, after)) in ProcessPart.Of(was).Zip(ProcessPart.Of(now)).Where(p => p.First.Value != p.Second.Value))
        {
            yield return key;
        }

        foreach (var key in EnvironmentKeys(was, digestWas, now, digestNow))
        {
            yield return key;
        }
    }

    private static IEnumerable<string> EnvironmentKeys(ServiceSpec was, string? digestWas, ServiceSpec now, string? digestNow)
    {
        // A variable that moved between manifest and env file changes nothing for the process.
        var known = digestWas is not null && digestNow is not null;
        if (known && digestWas == digestNow)
        {
            return [];
        }

        var variables = was.Environment.Keys.Union(now.Environment.Keys, StringComparer.Ordinal)
            .Where(name => was.Environment.GetValueOrDefault(name) != now.Environment.GetValueOrDefault(name))
            .Order(StringComparer.Ordinal)
            .Select(name => $"environment.{name}")
            .ToList();
        var files = known ? variables.Count == 0 : !was.EnvFiles.Select(f => f.Path).SequenceEqual(now.EnvFiles.Select(f => f.Path));
        return files ? variables.Append("env_file") : variables;
    }

    private static IEnumerable<string> PolicyKeys(ServiceSpec was, ServiceSpec now)
    {
        (string Key, bool Same)[] parts =
        [
            ("healthcheck", Canonical.Same(was.Healthcheck, now.Healthcheck, SpecJson.Default.HealthcheckSpec!)),
            ("restart", Canonical.Same(was.Restart, now.Restart, SpecJson.Default.RestartSpec)),
            ("resources.memory_warn", was.Resources.MemoryWarn == now.Resources.MemoryWarn),
            ("stop", was.Stop == now.Stop),
            ("logs", was.Logs == now.Logs),
            ("depends_on", Canonical.Same(was.DependsOn, now.DependsOn, SpecJson.Default.ImmutableArrayDependencySpec)),
            ("env_schema", Canonical.Same(was.EnvSchema, now.EnvSchema, SpecJson.Default.EnvSchemaSpec!)),
            ("source", Canonical.Same(was.Rollout.Source, now.Rollout.Source, SpecJson.Default.SourceSpec!)),
            ("build", Canonical.Same(was.Rollout.Build, now.Rollout.Build, SpecJson.Default.ImmutableArrayCommandSpec) && was.Rollout.BuildTimeout == now.Rollout.BuildTimeout),
            ("artifacts", was.Rollout.Artifacts.Select(a => a.Path).SequenceEqual(now.Rollout.Artifacts.Select(a => a.Path))),
            ("migrate", Canonical.Same(was.Rollout.Migrate, now.Rollout.Migrate, SpecJson.Default.MigrateSpec!)),
            ("backup", Canonical.Same(was.Rollout.Backup, now.Rollout.Backup, SpecJson.Default.BackupSpec!)),
            ("deploy", Canonical.Same(was.Rollout.Deploy, now.Rollout.Deploy, SpecJson.Default.DeploySpec)),
        ];
        return parts.Where(p => !p.Same).Select(p => p.Key);
    }

    private static string Listed(ImmutableArray<string> keys) =>
        keys.Length <= 3 ? string.Join(", ", keys) : $"{string.Join(", ", keys.Take(3))} and {keys.Length - 3} more";
}
