using Mainstay.Linux.Files;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Processes;

namespace Mainstay.Supervisor.Logs;

/// <summary>A service's stdout or stderr as a FIFO. We hold both ends, so that it never hangs up on us and keeps its bytes when the service is gone.</summary>
internal sealed class LinuxPipe : IPipe
{
    /// <summary>What an unprivileged process may ask for at most on a default host: time for a busy daemon before the service has to wait.</summary>
    public const int WantedSize = 1024 * 1024;

    private readonly string _path;
    private readonly Descriptor _descriptor;
    private Watch? _watch;

    private LinuxPipe(string path, Descriptor descriptor) => (_path, _descriptor) = (path, descriptor);

    /// <summary>Makes the FIFO, or takes over that of an earlier daemon with what is in it.</summary>
    public static LinuxPipe Open(string path, UserAccount? owner)
    {
        Fifo.Make(path, owner);
        var descriptor = Fifo.OpenBoth(path);
        Pipes.Resize(descriptor, WantedSize);
        return new LinuxPipe(path, descriptor);
    }

    public void Watch(EventLoop loop, Action readable) => _watch = loop.Register(_descriptor, Readiness.Readable, _ => readable());

    public void Rearm() => _watch?.Rearm();

    public int MoveTo(ISpoolFile spool, long offset, int count) =>
        PipeToFile.Move(_descriptor, ((LinuxSpoolFile)spool).Handle, offset, count) ?? 0;

    public int Read(Span<byte> buffer) => Pipes.Read(_descriptor, buffer) ?? 0;

    public void Remove() => File.Delete(_path);

    public void Dispose()
    {
        _watch?.Dispose();
        _descriptor.Dispose();
    }
}
