using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mainstay.Linux.Files;
using Mainstay.Linux.Proc.Ports;
using Mainstay.Linux.Processes;
using Mainstay.Spec.Parsing;

namespace Mainstay.Preflight.Host;

/// <summary>This host, asked anew at each call.</summary>
/// <param name="searchPath">PATH of the services that declare none; empty for the usual one.</param>
/// <param name="missingLimits">What the caller has found out about cgroups; null to look without trying.</param>
public sealed class LinuxHostFacts(string searchPath, string? missingLimits = null) : IHostFacts
{
    private const int DefaultFirstFreePort = 1024;

    /// <summary>Where the kernel's callers look when there is no PATH.</summary>
    private const string DefaultSearchPath = "/usr/local/bin:/usr/bin:/bin";

    public HostUser Self { get; } = ReadSelf();

    public string SearchPath { get; } = searchPath.Length == 0 ? DefaultSearchPath : searchPath;

    public string MissingLimits { get; } = missingLimits ?? LimitsOf(LinesOf("/proc/self/mountinfo"));

    /// <summary>Root may raise its hard limit up to the kernel's; everybody else has the one given.</summary>
    public long MostOpenFiles => Self.IsRoot && Number("/proc/sys/fs/nr_open") is { } most ? Math.Max(most, OpenFilesLimit.Ceiling) : OpenFilesLimit.Ceiling;

    public int FirstFreePort => (int)(Number("/proc/sys/net/ipv4/ip_unprivileged_port_start") ?? DefaultFirstFreePort);

    public HostUser? FindUser(string nameOrId)
    {
        var name = uint.TryParse(nameOrId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? NameOf(id) : nameOrId;
        return name is not null && UserAccount.Find(name) is { } account ? new(account.Name, account.UserId, [account.GroupId, .. account.Groups]) : null;
    }

    public FileFacts Look(string path) => FileFacts.Look(path);

    public FileText Read(string path, int mostBytes) => BoundedFile.Read(path, mostBytes, Self.Name);

    public long? FreeBytes(string path)
    {
        for (var place = path; !string.IsNullOrEmpty(place); place = Path.GetDirectoryName(place))
        {
            if (Directory.Exists(place))
            {
                return FreeAt(place);
            }
        }

        return null;
    }

    public PortAnswer Ask(IPAddress address, int port)
    {
        try
        {
            // Bound and closed again, never listening: nobody can connect to it meanwhile.
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            return PortAnswer.Free;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => PortAnswer.Held,
                SocketError.AccessDenied => PortAnswer.NotPermitted,
                SocketError.AddressNotAvailable => PortAnswer.NoSuchAddress,
                _ => PortAnswer.Unknown,
            };
        }
    }

    public ImmutableArray<PortHolder> Holders(IReadOnlySet<int> ports) => PortHolders.Find(ports);

    /// <summary>cgroup v2 as root sees it from its top; whether we may write there is found out by the daemon.</summary>
    internal static string LimitsOf(IEnumerable<string> mounts)
    {
        var mount = mounts.Select(l => l.Split(" - ")).Where(p => p.Length == 2 && p[1].StartsWith("cgroup2 ", StringComparison.Ordinal)).Select(p => p[0].Split(' ')[4]).FirstOrDefault();
        if (mount is null)
        {
            return "cgroup v2 is not mounted";
        }

        var controllers = string.Join(' ', LinesOf(Path.Combine(mount, "cgroup.controllers"))).Split(' ');
        return (controllers.Contains("memory"), controllers.Contains("cpu")) switch
        {
            (true, true) => "",
            (false, true) => "cgroup v2 has no memory controller here",
            (true, false) => "cgroup v2 has no cpu controller here",
            (false, false) => "cgroup v2 has neither a memory nor a cpu controller here",
        };
    }

    private static HostUser ReadSelf()
    {
        // The kernel's word, because a container may run as a number that no account has. "Uid: real effective saved file".
        var status = LinesOf("/proc/self/status").Select(l => l.Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries)).ToArray();
        uint[] Numbers(string key) => [.. status.Where(l => l.Length > 1 && l[0] == key).SelectMany(l => l[1..]).Select(n => uint.Parse(n, CultureInfo.InvariantCulture))];

        var (user, group) = (Numbers("Uid:").ElementAtOrDefault(1), Numbers("Gid:").ElementAtOrDefault(1));
        return new(NameOf(user) ?? user.ToString(CultureInfo.InvariantCulture), user, [group, .. Numbers("Groups:")]);
    }

    private static string? NameOf(uint id) => LinesOf("/etc/passwd").Select(l => l.Split(':'))
        .FirstOrDefault(f => f.Length > 2 && uint.TryParse(f[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == id)?[0];

    private static long? FreeAt(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static long? Number(string path) => long.TryParse(LinesOf(path).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string[] LinesOf(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
