using Microsoft.Win32.SafeHandles;

namespace Mainstay.Contracts.Logs;

/// <summary>A log file held by descriptor, so that a rename (rotation) or a removal under a reader changes nothing for it.</summary>
internal sealed class OpenLogFile : IDisposable
{
    private const string Removed = " (deleted)";

    private readonly SafeFileHandle _handle;

    private OpenLogFile(SafeFileHandle handle) => _handle = handle;

    public long Length => RandomAccess.GetLength(_handle);

    /// <summary>Null when there is no such file.</summary>
    public static OpenLogFile? TryOpen(string path)
    {
        try
        {
            return new OpenLogFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(_handle, buffer, offset);

    /// <summary>What the file is called now: the kernel follows a descriptor's renames in /proc, which spares us comparing inodes.</summary>
    public LogFileName NameNow()
    {
        var target = new FileInfo($"/proc/self/fd/{_handle.DangerousGetHandle()}").LinkTarget ?? "";
        var removed = target.EndsWith(Removed, StringComparison.Ordinal);
        var name = Path.GetFileName(removed ? target[..^Removed.Length] : target);
        return new LogFileName(LogFolder.NumberOf(name), IsCurrent: name == LogFolder.CurrentName && !removed);
    }

    public void Dispose() => _handle.Dispose();
}

/// <param name="Number">Of a finished file, also of one that was removed since; null for the current one and for a stranger.</param>
internal readonly record struct LogFileName(int? Number, bool IsCurrent);
