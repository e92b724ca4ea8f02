using System.Globalization;

namespace Mainstay.Contracts.Logs;

/// <summary>The names in one service's log folder: <c>current.log</c> is being written, <c>000001.log</c> and up are finished, the highest the newest.</summary>
public sealed record LogFolder(string Path)
{
    public const string CurrentName = "current.log";

    private const string Extension = ".log";

    public string Current => System.IO.Path.Combine(Path, CurrentName);

    /// <summary>Remembers what the writer was doing, so that the next daemon can finish it. Not for readers.</summary>
    public string Cursor => System.IO.Path.Combine(Path, "cursor");

    public string Finished(int number) => System.IO.Path.Combine(Path, number.ToString("D6", CultureInfo.InvariantCulture) + Extension);

    /// <summary>The numbers of the finished files, ascending; empty when the folder is not there.</summary>
    public int[] Numbers()
    {
        string[] files;
        try
        {
            files = Directory.GetFiles(Path, "*" + Extension);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }

        return [.. files.Select(f => NumberOf(System.IO.Path.GetFileName(f))).OfType<int>().Order()];
    }

    /// <summary>The number of a finished file, or null when the name is not that of one.</summary>
    public static int? NumberOf(string name) =>
        name.Length >= 6 + Extension.Length
        && name.EndsWith(Extension, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(0, name.Length - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
