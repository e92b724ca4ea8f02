using System.Text;

namespace Mainstay.Contracts;

/// <summary>Where things lie under MAINSTAY_HOME. The one place that knows these names.</summary>
public sealed record HomeLayout(string Root)
{
    /// <summary>Bytes that the path of a unix socket may have: sun_path holds 108 with its final zero.</summary>
    public const int MaxSocketPath = 107;

    // More workers than a home sees in its life: each reload of the edge takes the next number.
    private const int LastWorker = 99_999;

    /// <summary>The home that a process uses: what was named, else MAINSTAY_HOME, else /var/lib/mainstay for root, else the user's state folder. Null when there is no HOME either.</summary>
    public static HomeLayout? Resolve(string? named, IReadOnlyDictionary<string, string> environment, string directory, bool isRoot)
    {
        named = string.IsNullOrEmpty(named) ? environment.GetValueOrDefault("MAINSTAY_HOME") : named;
        if (!string.IsNullOrEmpty(named))
        {
            return new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(named, directory)));
        }

        if (isRoot)
        {
            return new("/var/lib/mainstay");
        }

        return environment.TryGetValue("HOME", out var user) && Path.IsPathRooted(user) ? new(Path.Combine(user, ".local/state/mainstay")) : null;
    }

    public string Run => Path.Combine(Root, "run");

    /// <summary>The daemon's API; mode 0600.</summary>
    public string ApiSocket => Path.Combine(Run, "api.sock");

    /// <summary>Held by the daemon for its whole life: one daemon per home.</summary>
    public string DaemonLock => Path.Combine(Run, "daemon.lock");

    /// <summary>Held by a command while it starts the daemon, so that fifty first commands start one.</summary>
    public string StartLock => Path.Combine(Run, "start.lock");

    /// <summary>FIFOs that carry the services' output; they outlive the daemon.</summary>
    public string Pipes => Path.Combine(Run, "pipes");

    /// <summary>Datagram sockets for sd_notify.</summary>
    public string Notify => Path.Combine(Run, "notify");

    public string EdgeSocket(int worker) => Path.Combine(Run, $"edge-{worker}.sock");

    /// <summary>The longest name that a socket of this home is ever bound to. A worker binds <c>.new</c> and renames it, so that nobody finds a socket that does not listen yet.</summary>
    public string LongestSocket => EdgeSocket(LastWorker) + ".new";

    /// <summary>False when a unix socket of this home would have a path that the kernel does not take.</summary>
    public bool HasRoomForSockets => Encoding.UTF8.GetByteCount(LongestSocket) <= MaxSocketPath;

    /// <summary>What edge workers keep.</summary>
    public string Edge => Path.Combine(Root, "edge");

    public string Database => Path.Combine(Root, "mainstay.db");

    public string Logs => Path.Combine(Root, "logs");

    public string DaemonLog => Path.Combine(Logs, "daemon.log");

    public string EdgeLog => Path.Combine(Logs, "edge.log");

    /// <summary>Holds one folder for each service that ever wrote something.</summary>
    public string AllServiceLogs => Path.Combine(Logs, "services");

    public string ServiceLogs(string service) => Path.Combine(AllServiceLogs, service);

    public string Releases => Path.Combine(Root, "releases");

    /// <summary>What a service that ships with Mainstay keeps: its spool, its logs.</summary>
    public string Data(string service) => Path.Combine(Root, "data", service);

    public string Backups => Path.Combine(Root, "backups");
}
