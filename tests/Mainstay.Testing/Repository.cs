using System.Runtime.CompilerServices;

namespace Mainstay.Testing;

public static class Repository
{
    /// <summary>The checkout's root, found from this file's own place.</summary>
    public static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
}
