using System.Globalization;
using System.Text;
using Mainstay.Linux.Files;
using Mainstay.Spec.Parsing;

namespace Mainstay.Preflight.Host;

/// <summary>Reads the text of files that somebody else named: regular ones only and never more than a limit, so that no path makes a reader wait or grow without end.</summary>
public static class BoundedFile
{
    /// <summary>No manifest, schema or env file of people is near this; a log file given by mistake is.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    private const int FirstBytes = 64 * 1024;

    /// <summary>Bytes that are not UTF-8 become U+FFFD. Never throws for what is or is not there.</summary>
    /// <param name="reader">As whom it is read, for the message.</param>
    public static FileText Read(string path, int mostBytes = MostBytes, string? reader = null)
    {
        // Opening a FIFO would wait for its writer, and a device may never end.
        switch (FileFacts.Look(path).Kind)
        {
            case FileKind.Missing:
                return FileText.NotThere;
            case FileKind.Folder:
                return new(null, "is a folder");
            case FileKind.Other:
                return new(null, "is no regular file");
            case FileKind.Regular or FileKind.Hidden:
                break;
        }

        try
        {
            using var file = File.OpenRead(path);
            return TextOf(file, mostBytes);
        }
        catch (UnauthorizedAccessException)
        {
            return new(null, $"may not be read by user \"{reader ?? Environment.UserName}\"");
        }
        catch (IOException e)
        {
            return new(null, $"cannot be read: {e.Message}");
        }
    }

    /// <summary>By what comes, not by the length that the file claims: those of /proc claim none.</summary>
    private static FileText TextOf(FileStream file, int mostBytes)
    {
        var buffer = new byte[Math.Min(mostBytes, FirstBytes) + 1];
        var length = 0;
        while (true)
        {
            var read = file.ReadAtLeast(buffer.AsSpan(length), buffer.Length - length, throwOnEndOfStream: false);
            length += read;
            if (length < buffer.Length)
            {
                using var text = new StreamReader(new MemoryStream(buffer, 0, length), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
                return new(text.ReadToEnd(), null);
            }

            if (length > mostBytes)
            {
                return new(null, $"is larger than {Shown(mostBytes)}, the most that is read");
            }

            Array.Resize(ref buffer, (int)Math.Min((long)mostBytes + 1, buffer.Length * 2L));
        }
    }

    private static string Shown(int bytes) => bytes % (1024 * 1024) == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024 / 1024} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
}
