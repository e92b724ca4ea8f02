using System.Collections.Immutable;

namespace Mainstay.Supervisor.Stacks;

/// <summary>The supervisor's settings. The defaults are what a host needs; tests shorten them.</summary>
public sealed record SupervisorOptions
{
    /// <summary>Of /proc/sys/kernel/random/boot_id: tells a new daemon from a new boot.</summary>
    public required string BootId { get; init; }

    /// <summary>PATH, HOME, USER, LANG and TZ for a process of the given user (null: the daemon's own).</summary>
    public required Func<string?, ImmutableSortedDictionary<string, string>> HostEnvironment { get; init; }

    /// <summary>The file of Mainstay's own program, which the services run that ship with it.</summary>
    public string OwnProgram { get; init; } = "mainstay";

    /// <summary>Where such a service keeps what must survive it; by its name.</summary>
    public Func<string, string> DataOf { get; init; } = service => "/var/lib/mainstay/data/" + service;

    /// <summary>How long one request may wait at the edge while the service is being replaced on its port.</summary>
    public TimeSpan HoldMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Between two looks at the memory and CPU of all process trees.</summary>
    public TimeSpan SampleEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an operation waits for something that Mainstay does not run, before it reports that it is missing. The services go on waiting.</summary>
    public TimeSpan ExternalWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a failure report waits for the last lines of a process that has ended.</summary>
    public TimeSpan LastLinesWait { get; init; } = TimeSpan.FromSeconds(2);
}
