using System.Net.Sockets;
using Mainstay.Edge.Logs;
using Microsoft.Extensions.Logging;

namespace Mainstay.Edge.Control;

/// <summary>Listens for the daemon. One connection counts: a new daemon's replaces the old one's, whose process may be dead without having closed it.</summary>
internal sealed class ControlServer(string path, Func<Socket, ControlSession> open, TimeProvider time, ILogger<ControlServer> log) : IDisposable
{
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private ControlSession? _session;

    /// <summary>The session with the daemon that connected last.</summary>
    public ControlSession? Session => Volatile.Read(ref _session);

    /// <summary>Binds under another name first, so that the socket never exists with a wider mode than 0600 and a leftover is replaced in one step.</summary>
    public void Bind()
    {
        var temporary = $"{path}.new";
        File.Delete(temporary);
        _listener.Bind(new UnixDomainSocketEndPoint(temporary));
        File.SetUnixFileMode(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listener.Listen(8);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var running = Task.CompletedTask;
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                var connection = await AcceptAsync(cancellation);
                Session?.Dispose();
                await running;
                var session = open(connection);
                Volatile.Write(ref _session, session);
                log.DaemonConnected();
                running = session.RunAsync(cancellation);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The worker ends.
        }

        await running;
    }

    /// <summary>A moment without free descriptors must not cost the worker its daemon for good.</summary>
    private async Task<Socket> AcceptAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await _listener.AcceptAsync(cancellation);
            }
            catch (SocketException e)
            {
                log.AcceptFailed(e.Message);
                await Task.Delay(AcceptPause, time, cancellation);
            }
        }
    }

    public void Dispose()
    {
        Session?.Dispose();
        _listener.Dispose();
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // A leftover is replaced by the next worker.
        }
    }
}
