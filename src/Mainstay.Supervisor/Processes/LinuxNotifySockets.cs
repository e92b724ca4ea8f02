using System.Text;
using Mainstay.Contracts;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Sockets;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Processes;

/// <summary>One datagram socket for each run, read on the event loop.</summary>
/// <remarks>
/// A path under the home where the service can reach it; where it cannot, because it runs as another user or the path is longer than
/// a socket's may be, a name without a file. Either way it is not the name that protects the socket: each sender is looked at.
/// </remarks>
public sealed class LinuxNotifySockets(HomeLayout home, EventLoop loop) : INotifySockets, IDisposable
{
    // The rest waits for the next turn: one service that floods its socket must not keep the loop from the others.
    private const int MostPerTurn = 16;

    private readonly HomeMark _home = new(home);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Opened> _open = [];

    public string Open(string runId, string? user, Action<NotifyMessage> received)
    {
        var address = AddressOf(runId, user);
        if (address[0] != '@')
        {
            Directory.CreateDirectory(home.Notify, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        lock (_gate)
        {
            CloseLocked(runId);
            var socket = NotifySocket.Bind(address);
            var senders = new RunMembership(_home.Of(runId));
            Watch? watch = null;
            watch = loop.Register(socket.Descriptor, Readiness.None, _ =>
            {
                try
                {
                    Drain(socket, senders, received);
                }
                finally
                {
                    // Whatever one message was: a socket that nobody looks at again is a watchdog that fails a healthy service.
                    watch!.Rearm();
                }
            });
            _open[runId] = new Opened(socket, watch, address);
            watch.Rearm();
            return address;
        }
    }

    public void Close(string runId)
    {
        lock (_gate)
        {
            CloseLocked(runId);
        }
    }

    private void CloseLocked(string runId)
    {
        if (_open.Remove(runId, out var opened))
        {
            opened.Watch.Dispose();
            opened.Socket.Dispose();
            if (opened.Address[0] != '@')
            {
                File.Delete(opened.Address);
            }
        }
    }

    private static void Drain(NotifySocket socket, RunMembership senders, Action<NotifyMessage> received)
    {
        for (var i = 0; i < MostPerTurn; i++)
        {
            if (!socket.TryReceive((sender, text) =>
            {
                if (senders.Includes(sender))
                {
                    received(NotifyProtocol.Parse(text, sender));
                }
            }))
            {
                return;
            }
        }
    }

    private string AddressOf(string runId, string? user)
    {
        var path = Path.Combine(home.Notify, runId + ".sock");
        return user is null && Encoding.UTF8.GetByteCount(path) <= NotifySocket.LongestAddress ? path : $"@mainstay/{_home.Of(runId)}";
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var runId in _open.Keys.ToList())
            {
                CloseLocked(runId);
            }
        }
    }

    private sealed record Opened(NotifySocket Socket, Watch Watch, string Address);
}
