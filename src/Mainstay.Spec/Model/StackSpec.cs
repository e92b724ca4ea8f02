using System.Collections.Immutable;

namespace Mainstay.Spec.Model;

/// <summary>A whole manifest, validated. <paramref name="Directory"/> is the absolute folder of the manifest, against which its relative paths were resolved.</summary>
public sealed record StackSpec(
    StackName Name,
    string File,
    string Directory,
    EdgeSpec Edge,
    ImmutableArray<ServiceSpec> Services,
    ImmutableArray<ExternalSpec> External,
    ImmutableArray<RouteSpec> Routes,
    ImmutableArray<SwitchSpec> Switches = default)
{
    /// <summary>None in what was stored before there were any.</summary>
    public ImmutableArray<SwitchSpec> Switches { get; init; } = Switches.IsDefault ? [] : Switches;

    public ServiceSpec? Find(ServiceName name) => Services.FirstOrDefault(s => s.Name == name);
}

/// <summary>Something the services need and Mainstay does not run: waited for, watched, shown. Exactly one of <paramref name="Tcp"/> (host:port) and <paramref name="Http"/> (URL) is set.</summary>
public sealed record ExternalSpec(ServiceName Name, string? Tcp, Uri? Http, TimeSpan Interval, TimeSpan Timeout, SourceSpan Span);

/// <summary>The data plane's settings. No <paramref name="Listen"/> address means that the stack has no edge.</summary>
public sealed record EdgeSpec(
    ImmutableArray<ListenSpec> Listen,
    ImmutableArray<CertificateSpec> Certificates,
    ImmutableArray<string> TrustedProxies,
    string? ErrorPages,
    TimeSpan WsDrain,
    SourceSpan Span,
    ImmutableArray<GuardSetSpec> GuardSets = default)
{
    public ImmutableArray<GuardSetSpec> GuardSets { get; init; } = GuardSets.IsDefault ? [] : GuardSets;

    public static EdgeSpec None { get; } = new([], [], [], null, TimeSpan.FromSeconds(30), SourceSpan.None);
}

/// <summary>One address of the edge: an IP literal (v4, or v6 without brackets) and a port.</summary>
public sealed record ListenSpec(bool Https, string Address, int Port, SourceSpan Span)
{
    public override string ToString() => $"{(Https ? "https" : "http")}://{(Address.Contains(':') ? $"[{Address}]" : Address)}:{Port}";
}

/// <summary>A certificate chosen by SNI. <paramref name="Host"/> is exact or <c>*.example.com</c>; the paths are absolute.</summary>
public sealed record CertificateSpec(string Host, string CertFile, string KeyFile, SourceSpan Span);

/// <summary>Longest path wins; no host means every host. <paramref name="Timeout"/> bounds the wait for the response's head and then each silence of the body.</summary>
public sealed record RouteSpec(string? Host, string Path, ServiceName Service, bool StripPrefix, TimeSpan Timeout, SourceSpan Span, GuardsSpec? Guards = null);
