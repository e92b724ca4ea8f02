using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Mainstay.Contracts;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Linux.Sockets;

namespace Mainstay.Daemon.Edge;

/// <summary>Takes the listening sockets back from a worker that outlived its daemon, on a connection of its own.</summary>
internal static class EdgeHandOverClient
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    public static async Task<IReadOnlyList<(string Address, SafeHandle Socket)>> TakeAsync(string controlSocket, CancellationToken token)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(controlSocket), token).AsTask().WaitAsync(Deadline, TimeProvider.System, token);

        // Blocking and short: the daemon is starting, and nothing else can be done before the sockets are here.
        return await Task.Run(() => Exchange(socket), token);
    }

    private static List<(string Address, SafeHandle Socket)> Exchange(Socket socket)
    {
        socket.Blocking = true;
        socket.ReceiveTimeout = socket.SendTimeout = (int)Deadline.TotalMilliseconds;
        var command = JsonSerializer.SerializeToUtf8Bytes(new EdgeCommand(HandOver: new EdgeHandOver()), WireJson.Default.EdgeCommand);
        socket.Send([.. command, (byte)'\n']);

        var text = new List<byte>();
        var descriptors = new List<SafeHandle>();
        while (true)
        {
            var received = FdPassing.Receive(socket.SafeHandle, maxBytes: 4096);
            descriptors.AddRange(received.Descriptors);
            if (received.Bytes.Length == 0)
            {
                throw new InvalidDataException("the worker closed the connection before it sent its sockets");
            }

            text.AddRange(received.Bytes);
            while (text.IndexOf((byte)'\n') is var end and >= 0)
            {
                var report = JsonSerializer.Deserialize(CollectionsMarshal.AsSpan(text)[..end], WireJson.Default.EdgeReport);
                text.RemoveRange(0, end + 1);
                if (report?.Listeners is { } listeners)
                {
                    return listeners.Addresses.Length == descriptors.Count
                        ? [.. listeners.Addresses.Zip(descriptors)]
                        : throw new InvalidDataException($"the worker named {listeners.Addresses.Length} sockets and sent {descriptors.Count}");
                }
            }
        }
    }
}
