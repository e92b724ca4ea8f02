using System.Runtime.CompilerServices;

namespace Mainstay.Testing;

public static class Repository
{
    /// <summary>The checkout's root: the nearest folder above the caller's source file that holds the solution.</summary>
    public static string Root([CallerFilePath] string caller = "")
    {
        var folder = Path.GetDirectoryName(caller);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Mainstay.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException($"no Mainstay.slnx above {caller}");
    }
}
