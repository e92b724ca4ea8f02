using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Mainstay.Spec.Model;

/// <summary>Readiness first, then liveness, with compose's names and meanings.</summary>
public sealed record HealthcheckSpec(
    ProbeSpec Probe,
    TimeSpan Interval,
    TimeSpan Timeout,
    int Retries,
    TimeSpan StartPeriod,
    TimeSpan StartInterval);

[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(HttpProbeSpec), "http")]
[JsonDerivedType(typeof(TcpProbeSpec), "tcp")]
[JsonDerivedType(typeof(CommandProbeSpec), "command")]
[JsonDerivedType(typeof(NotifyProbeSpec), "notify")]
public abstract record ProbeSpec;

/// <summary>GET <paramref name="Path"/> on the service's port; redirects are not followed.</summary>
public sealed record HttpProbeSpec(string Path, ImmutableSortedDictionary<string, string> Headers, ExpectSpec Expect) : ProbeSpec;

/// <summary>A TCP connection to the service's port opens.</summary>
public sealed record TcpProbeSpec : ProbeSpec;

/// <summary>A command of the service's environment and directory exits with 0.</summary>
public sealed record CommandProbeSpec(CommandSpec Command) : ProbeSpec;

/// <summary>The service says READY=1 on NOTIFY_SOCKET (sd_notify).</summary>
public sealed record NotifyProbeSpec : ProbeSpec;

/// <summary>What counts as a passed HTTP probe. Status ranges are inclusive. <paramref name="Json"/> maps dotted paths to wanted values.</summary>
public sealed record ExpectSpec(
    ImmutableArray<StatusRange> Status,
    ImmutableSortedDictionary<string, string> Json,
    string? BodyContains)
{
    public static ExpectSpec Default { get; } = new([new(200, 299)], ImmutableSortedDictionary<string, string>.Empty, null);
}

public readonly record struct StatusRange(int From, int To);
