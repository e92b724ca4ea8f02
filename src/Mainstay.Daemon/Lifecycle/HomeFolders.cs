using Mainstay.Contracts;

namespace Mainstay.Daemon.Lifecycle;

/// <summary>Makes the folders of a home, all of them 0700. Only who serves from a release as another user may pass through to it (docs/decisions, a user reaches its release).</summary>
internal static class HomeFolders
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Passable = Private | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static void Create(HomeLayout home)
    {
        foreach (var folder in new[] { home.Root, home.Run, home.Pipes, home.Notify, home.Logs, home.Releases, home.Backups })
        {
            Directory.CreateDirectory(folder, Private);
        }

        // Also when the folder was there already with wider rights. What lets services of other users pass stays: they serve.
        File.SetUnixFileMode(home.Root, File.GetUnixFileMode(home.Root) == Passable ? Passable : Private);
    }

    /// <summary>Lets other users pass through to the releases and to the backups that they write themselves, by name: nothing can be listed, and everything beside them is closed as before.</summary>
    public static void LetPass(HomeLayout home)
    {
        File.SetUnixFileMode(home.Root, Passable);
        File.SetUnixFileMode(home.Releases, Passable);
        File.SetUnixFileMode(home.Backups, Passable);
    }
}
