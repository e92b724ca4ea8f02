using Microsoft.Win32.SafeHandles;

namespace Mainstay.Supervisor.Logs;

/// <summary>A spool on disk.</summary>
internal sealed class LinuxSpoolFile(string path, string name) : ISpoolFile
{
    private SafeFileHandle _handle = LinuxLogDisk.Open(path);

    public SafeFileHandle Handle => _handle;

    public string Name => name;

    public long Length => RandomAccess.GetLength(_handle);

    public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(_handle, buffer, offset);

    public void Write(ReadOnlySpan<byte> data, long offset) => RandomAccess.Write(_handle, data, offset);

    public void Truncate(long length) => RandomAccess.SetLength(_handle, length);

    public void Replace(ReadOnlySpan<byte> content)
    {
        var draft = path + ".new";
        File.Delete(draft);
        var handle = LinuxLogDisk.Open(draft);
        try
        {
            RandomAccess.Write(handle, content, 0);
            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        _handle.Dispose();
        _handle = handle;
    }

    public void Remove() => File.Delete(path);

    public void Dispose() => _handle.Dispose();
}
