using System.Globalization;
using System.Net;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Proc.Ports;
using Mainstay.Linux.Processes;
using Mainstay.Linux.Sockets;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Processes;

/// <summary>Picks ports that nothing else will take, and keeps the listening sockets of instances that inherit theirs.</summary>
public sealed class LinuxListenPorts : IListenPorts, IDisposable
{
    /// <summary>The number under which a service finds its socket, by the protocol of socket activation.</summary>
    public const int ChildDescriptor = 3;

    private const int LowestPick = 20_000;
    private const int HighestPort = 65_535;
    private const int MostRemembered = 4_096;
    private const int Backlog = 4_096;

    // A client may hold on to an address for a while, and what it then reaches must not be another service.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly (int Low, int High) _ephemeral;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, long> _picked = [];
    private readonly Dictionary<string, (Descriptor Socket, int Port)> _listening = new(StringComparer.Ordinal);

    public LinuxListenPorts(TimeProvider time, Random random)
        : this(time, random, ReadEphemeralRange())
    {
    }

    internal LinuxListenPorts(TimeProvider time, Random random, (int Low, int High) ephemeral)
    {
        _time = time;
        _random = random;
        _ephemeral = ephemeral;
    }

    public int Pick()
    {
        lock (_gate)
        {
            Forget();

            // From a random place on, so that daemons of several homes do not run into each other.
            var candidates = Candidates();
            var start = _random.Next(candidates.Length);
            for (var i = 0; i < candidates.Length; i++)
            {
                var port = candidates[(start + i) % candidates.Length];
                if (!_picked.ContainsKey(port) && ListenSockets.IsFree(port))
                {
                    _picked[port] = _time.GetTimestamp();
                    return port;
                }
            }

            throw new LinuxException($"picking a port between {LowestPick} and {HighestPort}", Errno.EADDRINUSE);
        }
    }

    public string? Holder(int port)
    {
        if (ListenSockets.IsFree(port))
        {
            return null;
        }

        // An acceptor that is seen by name is worth more than a socket without one.
        var holder = PortHolders.Find(new HashSet<int> { port }).OrderBy(h => h.Process is null).FirstOrDefault();
        return holder?.Process is { } process
            ? string.Create(CultureInfo.InvariantCulture, $"pid {process.Identity.Pid}, {Command(process)}{Keeper(process.RunBy)}")
            : "a process that this user may not see";
    }

    public ListenSocket Listen(string key, int? wanted, ProcessIdentity? running)
    {
        lock (_gate)
        {
            if (_listening.TryGetValue(key, out var kept))
            {
                if (wanted is null || wanted == kept.Port)
                {
                    ListenSockets.ResetLinger(kept.Socket);
                    return new ListenSocket(kept.Socket.Number, kept.Port);
                }

                Release(key);
            }

            var made = TakeBack(running, wanted) ?? Bind(wanted ?? Pick());
            _listening[key] = made;
            return new ListenSocket(made.Socket.Number, made.Port);
        }
    }

    public void Release(string key)
    {
        lock (_gate)
        {
            if (_listening.Remove(key, out var kept))
            {
                kept.Socket.Dispose();
            }
        }
    }

    private static (Descriptor Socket, int Port)? TakeBack(ProcessIdentity? running, int? wanted)
    {
        using var process = running is { } identity ? PidFd.Open(identity) : null;
        if (process?.TakeDescriptor(ChildDescriptor) is not { } socket)
        {
            return null;
        }

        // The service may have put something else under that number meanwhile.
        if (ListenSockets.ListenPort(socket) is { } port && (wanted is null || wanted == port))
        {
            return (socket, port);
        }

        socket.Dispose();
        return null;
    }

    private static (Descriptor Socket, int Port) Bind(int port) => (ListenSockets.Bind(IPAddress.Loopback, port, Backlog), port);

    /// <summary>Outside the range from which the kernel takes ports for outgoing connections; within it only when it leaves nothing else.</summary>
    private int[] Candidates()
    {
        var outside = Enumerable.Range(LowestPick, HighestPort - LowestPick + 1).Where(port => port < _ephemeral.Low || port > _ephemeral.High).ToArray();
        return outside.Length > 0 ? outside : [.. Enumerable.Range(LowestPick, HighestPort - LowestPick + 1)];
    }

    private void Forget()
    {
        foreach (var (port, _) in _picked.Where(pick => _time.GetElapsedTime(pick.Value) > Remembered).ToList())
        {
            _picked.Remove(port);
        }

        // A fleet that restarts without end must not use up the ports: then the oldest is given out again.
        while (_picked.Count >= MostRemembered)
        {
            _picked.Remove(_picked.MinBy(pick => pick.Value).Key);
        }
    }

    private static string Keeper(RunBy runBy) => runBy switch
    {
        RunBy.Mainstay { Stack: { } stack } service => $", run by Mainstay as {service.Service} of {stack}",
        RunBy.Mainstay service => $", run by Mainstay as {service.Service}",
        RunBy.MainstayItself itself => $", which is Mainstay's {itself.Role}",
        RunBy.Pm2 { App: { } app } => $", run by PM2 as {app}",
        RunBy.Pm2 => ", run by PM2",
        RunBy.Systemd unit => $", run by systemd as {unit.Unit}",
        RunBy.Docker { Container: { } container } => $", run by Docker as {container}",
        RunBy.Docker => ", run by Docker",
        _ => "",
    };

    private static string Command(PortProcess process)
    {
        const int longest = 80;
        var line = process.Arguments.IsDefaultOrEmpty ? process.Name : string.Join(' ', process.Arguments);
        return line.Length <= longest ? line : string.Concat(line.AsSpan(0, longest - 1), "…");
    }

    private static (int Low, int High) ReadEphemeralRange()
    {
        const int usualLow = 32_768, usualHigh = 60_999;
        try
        {
            var words = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return (int.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return (usualLow, usualHigh);
        }
    }

    public void Dispose()
    {
        foreach (var (socket, _) in _listening.Values)
        {
            socket.Dispose();
        }
    }
}
