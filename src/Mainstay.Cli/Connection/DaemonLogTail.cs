using System.Text;
using Mainstay.Contracts;

namespace Mainstay.Cli.Connection;

/// <summary>What a daemon that did not come up said last.</summary>
internal static class DaemonLogTail
{
    private const int MaxBytes = 16 * 1024;
    private const int MaxLines = 15;

    public static long Length(HomeLayout home)
    {
        var file = new FileInfo(home.DaemonLog);
        return file.Exists ? file.Length : 0;
    }

    /// <summary>The last lines written after <paramref name="from"/> bytes.</summary>
    public static List<string> Since(HomeLayout home, long from)
    {
        try
        {
            using var file = new FileStream(home.DaemonLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Position = Math.Max(from > file.Length ? 0 : from, file.Length - MaxBytes);
            var bytes = new byte[MaxBytes];
            var count = file.ReadAtLeast(bytes, MaxBytes, throwOnEndOfStream: false);
            var lines = Encoding.UTF8.GetString(bytes, 0, count).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return [.. lines.TakeLast(MaxLines)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
