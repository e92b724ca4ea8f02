using Mainstay.Contracts;
using Mainstay.Contracts.Logs;
using Microsoft.Win32.SafeHandles;

namespace Mainstay.Supervisor.Logs;

/// <summary>The real files. Their folders are for the daemon's user only: what services print is often confidential.</summary>
internal sealed class LinuxLogDisk(HomeLayout home) : ILogDisk
{
    public const string SpoolExtension = ".spool";

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public IServiceFiles OpenService(string service)
    {
        var folder = new LogFolder(home.ServiceLogs(service));
        Directory.CreateDirectory(folder.Path, Private);
        return new ServiceFiles(folder);
    }

    public ISpoolFile OpenSpool(string name)
    {
        MakePipesFolder();
        return new LinuxSpoolFile(PathOf(name), name);
    }

    public ISpoolFile? FindSpool(string name) => File.Exists(PathOf(name)) ? new LinuxSpoolFile(PathOf(name), name) : null;

    /// <summary>Names of the pipes that are there, by FIFO or by spool: of runs that go on, and of those that an earlier daemon did not finish.</summary>
    public string[] PipeNames() =>
        Directory.Exists(home.Pipes)
            ? [.. Directory.EnumerateFiles(home.Pipes)
                .Select(f => Path.GetFileName(f))
                .Select(f => f.EndsWith(SpoolExtension, StringComparison.Ordinal) ? f[..^SpoolExtension.Length] : f)
                .Where(f => f.EndsWith(".out", StringComparison.Ordinal) || f.EndsWith(".err", StringComparison.Ordinal))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)]
            : [];

    public string FifoPath(string name) => Path.Combine(home.Pipes, name);

    public void RemoveFifo(string name) => File.Delete(FifoPath(name));

    public void MakePipesFolder() => Directory.CreateDirectory(home.Pipes, Private);

    internal static SafeFileHandle Open(string path) =>
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private string PathOf(string name) => Path.Combine(home.Pipes, name + SpoolExtension);

    private sealed class ServiceFiles(LogFolder folder) : IServiceFiles
    {
        private readonly SafeFileHandle _cursor = Open(folder.Cursor);
        private SafeFileHandle? _current;

        public bool CurrentExists => File.Exists(folder.Current);

        public long Length => RandomAccess.GetLength(Current);

        private SafeFileHandle Current => _current ?? throw new InvalidOperationException("the current log file is not open");

        public int[] Numbers() => folder.Numbers();

        public void OpenCurrent()
        {
            var opened = Open(folder.Current);
            _current?.Dispose();
            _current = opened;
        }

        public void Write(ReadOnlySpan<byte> data, long offset) => RandomAccess.Write(Current, data, offset);

        public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(Current, buffer, offset);

        public void FinishCurrent(int number) => File.Move(folder.Current, folder.Finished(number));

        public void Delete(int number) => File.Delete(folder.Finished(number));

        public int ReadCursor(Span<byte> buffer) => RandomAccess.Read(_cursor, buffer, 0);

        public void WriteCursor(ReadOnlySpan<byte> slot, int index) => RandomAccess.Write(_cursor, slot, index * LogCursor.SlotSize);

        public void Dispose()
        {
            _current?.Dispose();
            _cursor.Dispose();
        }
    }
}
