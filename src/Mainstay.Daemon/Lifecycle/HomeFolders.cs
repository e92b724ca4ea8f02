using Mainstay.Contracts;

namespace Mainstay.Daemon.Lifecycle;

/// <summary>Makes the folders of a home, all of them 0700.</summary>
internal static class HomeFolders
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static void Create(HomeLayout home)
    {
        foreach (var folder in new[] { home.Root, home.Run, home.Pipes, home.Notify, home.Logs, home.Releases, home.Backups })
        {
            Directory.CreateDirectory(folder, Private);
        }

        // Also when the folder was there already with wider rights: the journal below it holds environments.
        File.SetUnixFileMode(home.Root, Private);
    }
}
