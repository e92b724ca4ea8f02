using System.Globalization;

namespace Mainstay.Rollout.Releases;

/// <summary>Bounds of one release on disk: a build that writes without end must end with a sentence, not with a full disk.</summary>
/// <param name="MaxFiles">node_modules of a large application has about 100,000.</param>
public sealed record TreeLimits(int MaxFiles = 200_000, long MaxBytes = 4L << 30)
{
    public static TreeLimits Default { get; } = new();

    /// <exception cref="TreeLimitException">One of the bounds is passed.</exception>
    public void Check(string root, int files, long bytes)
    {
        if (files > MaxFiles)
        {
            throw new TreeLimitException(string.Create(CultureInfo.InvariantCulture, $"{root} holds more than {MaxFiles:N0} files, the most that one release may have"));
        }

        if (bytes > MaxBytes)
        {
            throw new TreeLimitException($"{root} is larger than {ByteSize.Text(MaxBytes)}, the most that one release may be");
        }
    }
}

/// <summary>A tree is larger than it may be; the message is for the user.</summary>
public sealed class TreeLimitException(string message) : IOException(message);

/// <summary>Bytes and numbers of files as people read them.</summary>
public static class ByteSize
{
    public static string Files(int count) => count == 1 ? "1 file" : string.Create(CultureInfo.InvariantCulture, $"{count} files");

    public static string Text(long bytes)
    {
        string[] units = ["bytes", "kB", "MB", "GB", "TB"];
        double size = bytes;
        var unit = 0;
        for (; size >= 1000 && unit < units.Length - 1; unit++)
        {
            size /= 1000;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {units[unit]}");
    }
}
