namespace Mainstay.Realtime.Auth;

/// <summary>A whole small file.</summary>
internal static class BoundedFile
{
    /// <summary>The bytes, or why there are none, as the end of a sentence that does not repeat the path: what was given as a path may be a secret in the wrong variable.</summary>
    public static (byte[]? Bytes, string Fault) Read(string path, int maxBytes)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[maxBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length > maxBytes ? (null, $"is a file of more than {maxBytes / 1024} KiB") : (bytes[..length], "");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, "names a file that does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, "names a file that cannot be read");
        }
    }
}
