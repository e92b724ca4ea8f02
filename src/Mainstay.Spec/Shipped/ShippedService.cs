using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Shipped;

/// <summary>What is known of the services that ship with Mainstay, so that nobody has to write it into a manifest.</summary>
public static class ShippedService
{
    private const string Program = "mainstay";

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_startPeriod = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_startInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>As its kind is written in a manifest, and as the role of the executable is called.</summary>
    public static string Word(ServiceKind kind) => kind switch
    {
        ServiceKind.Process => "process",
        ServiceKind.Ingest => "ingest",
        ServiceKind.Hub => "hub",
    };

    /// <summary>The command for people to read; which file its program is, the daemon knows: its own.</summary>
    public static CommandSpec Command(ServiceKind kind, SourceSpan span) => new(Argv(kind, Program), false, span);

    public static ImmutableArray<string> Argv(ServiceKind kind, string program) => [program, "realtime", Word(kind)];

    /// <summary>Whether it takes clients, and what it says of itself; that its broker is away makes it degraded, never unready.</summary>
    public static HealthcheckSpec Healthcheck { get; } =
        new(new HttpProbeSpec("/readyz", ImmutableSortedDictionary<string, string>.Empty, ExpectSpec.Default), s_interval, s_timeout, 3, s_startPeriod, s_startInterval);

    /// <summary>What its environment must hold; with a schema of the user's, both.</summary>
    public static EnvSchemaSpec Environment(ServiceKind kind, EnvSchemaSpec? declared, SourceSpan span)
    {
        var names = declared?.Rules.Select(r => r.Name).ToHashSet(StringComparer.Ordinal) ?? [];
        var rules = kind switch
        {
            ServiceKind.Ingest => IngestEnvironment.Rules,
            ServiceKind.Hub => HubEnvironment.Rules,
            ServiceKind.Process => [],
        };
        return new(declared?.File, [.. rules.Select(r => r with { Span = span }).Where(r => !names.Contains(r.Name)), .. declared?.Rules ?? []]);
    }
}
