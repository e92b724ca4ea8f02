using Mainstay.Cli.Output;
using Mainstay.Contracts;

namespace Mainstay.Cli.Doctor;

/// <summary>The home's folders, their modes and the room on their disk.</summary>
internal static class HomeExamination
{
    private const long LittleRoom = 1_000_000_000;
    private const long NoRoom = 50_000_000;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static IEnumerable<Finding> Examine(HomeLayout home)
    {
        yield return Folders(home);
        if (!home.HasRoomForSockets)
        {
            yield return new(FindingLevel.Bad, "home", $"the path of a socket, {home.LongestSocket}, is longer than {HomeLayout.MaxSocketPath} bytes", "choose a shorter --home");
        }

        yield return Disk(home);
    }

    private static Finding Folders(HomeLayout home)
    {
        if (!Directory.Exists(home.Root))
        {
            return new(FindingLevel.Ok, "home", $"{home.Root} does not exist yet; the first `mainstay up` makes it");
        }

        foreach (var folder in (string[])[home.Root, home.Run, home.Logs])
        {
            if (Directory.Exists(folder) && (File.GetUnixFileMode(folder) & Others) != 0)
            {
                return new(FindingLevel.Bad, "home", $"{folder} is open to other users (mode {Octal(File.GetUnixFileMode(folder))})", $"chmod 700 {folder}");
            }
        }

        return Writable(home.Root) is { } why
            ? new(FindingLevel.Bad, "home", $"{home.Root} cannot be written to: {why}", "run as the user whom it belongs to, or choose another --home")
            : new(FindingLevel.Ok, "home", $"{home.Root} is yours alone and can be written to");
    }

    private static string? Writable(string folder)
    {
        var path = Path.Combine(folder, $".doctor-{Environment.ProcessId}");
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static Finding Disk(HomeLayout home)
    {
        var folder = home.Root;
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
        {
            folder = parent;
        }

        var free = new DriveInfo(folder).AvailableFreeSpace;
        var what = $"{Words.Bytes(free)} free where {home.Root} lies";
        return free switch
        {
            < NoRoom => new(FindingLevel.Bad, "disk", what, "make room: the journal and the logs cannot be written"),
            < LittleRoom => new(FindingLevel.Note, "disk", what, "make room before logs and releases need it"),
            _ => new(FindingLevel.Ok, "disk", what),
        };
    }

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');
}
