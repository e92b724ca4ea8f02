using System.Collections.Immutable;
using System.Net;
using Mainstay.Linux.Files;
using Mainstay.Linux.Proc.Ports;
using Mainstay.Spec.Parsing;

namespace Mainstay.Preflight.Host;

/// <summary>What the checks ask the host. The real one is <see cref="LinuxHostFacts"/>; tests have a host of their own. Nothing here throws or changes anything.</summary>
public interface IHostFacts
{
    /// <summary>The user as whom Mainstay itself runs.</summary>
    HostUser Self { get; }

    /// <summary>By name or by number; null when the host has no such account.</summary>
    HostUser? FindUser(string nameOrId);

    /// <summary>The PATH that a service gets when it declares none.</summary>
    string SearchPath { get; }

    /// <summary>The most open files that a service can be given.</summary>
    long MostOpenFiles { get; }

    /// <summary>The first port that needs no right of its own.</summary>
    int FirstFreePort { get; }

    /// <summary>One sentence on which limits this host does not let us set; empty when it lets us set all.</summary>
    string MissingLimits { get; }

    FileFacts Look(string path);

    /// <summary>The text of a file as Mainstay itself reads it, or why not.</summary>
    FileText Read(string path, int mostBytes);

    /// <summary>Bytes that Mainstay may still write on the disk of this path; null when unknown. The path need not exist.</summary>
    long? FreeBytes(string path);

    /// <summary>Whether one could listen there now.</summary>
    PortAnswer Ask(IPAddress address, int port);

    /// <summary>Everybody who listens on one of these ports.</summary>
    ImmutableArray<PortHolder> Holders(IReadOnlySet<int> ports);
}

/// <summary>An account as the permission rules see it.</summary>
public sealed record HostUser(string Name, uint Id, ImmutableArray<uint> Groups)
{
    public bool IsRoot => Id == 0;
}

public enum PortAnswer
{
    Free,
    Held,
    NotPermitted,
    NoSuchAddress,

    /// <summary>The host would not say, for instance because it has no IPv6.</summary>
    Unknown,
}
