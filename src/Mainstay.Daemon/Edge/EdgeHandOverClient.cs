using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Mainstay.Contracts;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Sockets;

namespace Mainstay.Daemon.Edge;

/// <summary>Takes the listening sockets back from a worker that outlived its daemon, on a connection of its own.</summary>
internal static class EdgeHandOverClient
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    /// <exception cref="TimeoutException">The worker did not answer in time.</exception>
    /// <exception cref="InvalidDataException">It answered nonsense.</exception>
    public static async Task<IReadOnlyList<(string Address, Descriptor Socket)>> TakeAsync(string controlSocket, TimeProvider clock, CancellationToken token)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        return await ExchangeAsync(socket, controlSocket, token).WaitAsync(Deadline, clock, token);
    }

    private static async Task<List<(string Address, Descriptor Socket)>> ExchangeAsync(Socket socket, string controlSocket, CancellationToken token)
    {
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(controlSocket), token);
        var command = JsonSerializer.SerializeToUtf8Bytes(new EdgeCommand(HandOver: new EdgeHandOver()), WireJson.Default.EdgeCommand);
        await socket.SendAsync((byte[])[.. command, (byte)'\n'], token);

        var buffer = new byte[4096];
        var text = new List<byte>();
        var descriptors = new List<Descriptor>();
        while (true)
        {
            // Waits for data without taking any: a plain read would take the byte that the descriptors travel with.
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, token);
            var count = FdPassing.Receive(socket, buffer, descriptors);
            if (count == 0)
            {
                throw new InvalidDataException("the worker closed the connection before it sent its sockets");
            }

            text.AddRange(buffer.AsSpan(0, count));
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
