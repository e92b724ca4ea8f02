using Mainstay.Linux.Interop;
using Mainstay.Linux.Processes;

namespace Mainstay.Linux.Files;

/// <summary>Whose a file is.</summary>
public static class Ownership
{
    /// <summary>Gives a file to an account and its group; a symbolic link itself, not what it points to.</summary>
    public static void Give(string path, UserAccount account) =>
        Libc.Check(Libc.Lchown(path, account.UserId, account.GroupId), $"giving {path} to {account.Name}");
}
