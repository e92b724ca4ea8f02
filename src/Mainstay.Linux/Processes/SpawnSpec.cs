using System.Collections.Immutable;

namespace Mainstay.Linux.Processes;

/// <summary>Everything a new process gets; what is not named here it does not get.</summary>
public sealed record SpawnSpec
{
    /// <summary>Argv[0] is looked up in the PATH of <see cref="Environment"/> unless it holds a slash; relative paths count from <see cref="Directory"/>.</summary>
    public required ImmutableArray<string> Argv { get; init; }

    public required string Directory { get; init; }

    /// <summary>Exactly the environment, but for LISTEN_PID where <see cref="SetListenPid"/> asks for it.</summary>
    public required IEnumerable<KeyValuePair<string, string>> Environment { get; init; }

    public ChildOutput Stdout { get; init; }

    public ChildOutput Stderr { get; init; }

    /// <summary>Descriptors of this process that the child gets under the given numbers (3 and above).</summary>
    public ImmutableArray<(int From, int To)> Descriptors { get; init; } = [];

    /// <summary>LISTEN_PID is the child's own pid, as socket activation wants it.</summary>
    public bool SetListenPid { get; init; }

    /// <summary>Name of the account to run as, with its groups; null keeps ours.</summary>
    public string? User { get; init; }

    /// <summary>RLIMIT_NOFILE, soft and hard; at most what the host's hard limit allows us to give.</summary>
    public int? OpenFiles { get; init; }

    /// <summary>Directory of a cgroup v2 that the process is in from its first instruction.</summary>
    public string? Cgroup { get; init; }
}

/// <summary>Where a child's output goes: a path opened read-write, a descriptor of this process, or (default) nowhere.</summary>
public readonly record struct ChildOutput
{
    internal string? Path { get; private init; }

    internal int? Descriptor { get; private init; }

    /// <summary>Opened for reading too: a FIFO then never lacks a reader, and its writer is never killed by SIGPIPE.</summary>
    public static ChildOutput ToPath(string path) => new() { Path = path };

    public static ChildOutput ToDescriptor(int number) => new() { Descriptor = number };
}
