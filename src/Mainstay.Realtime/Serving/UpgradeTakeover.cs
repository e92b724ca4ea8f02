using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Serving;

/// <summary>
/// Looks at the first request of a connection. When it asks for a WebSocket, the connection is ours from there on, without the HTTP server's buffers (docs/decisions/2026-11-22-sockets-without-http.md); else the server gets it
/// as if nobody had looked.
/// </summary>
/// <param name="decide">Every WebSocket is decided by this.</param>
internal sealed class UpgradeTakeover(Func<UpgradeRequest, CancellationToken, ValueTask<UpgradeAnswer>> decide, ServingLimits limits, TimeProvider time, ILogger log)
{
    public ConnectionDelegate Take(ConnectionDelegate next) => connection => OnConnectionAsync(connection, next);

    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    /// <summary>What this method keeps, it keeps as long as the socket is there: so nothing of the request, and not the answer, which may hold on to it.</summary>
    private async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var (isTaken, carried) = await AnswerAsync(connection);
        if (!isTaken)
        {
            await next(connection);
        }
        else if (carried is not null)
        {
            await CarryAsync(connection, carried);
        }
    }

    /// <returns>Not taken: the HTTP server is to have it. Taken, and nothing to carry: it was refused.</returns>
    private async Task<(bool IsTaken, Carried? Carried)> AnswerAsync(ConnectionContext connection)
    {
        if (await FirstRequestAsync(connection) is not { } request)
        {
            return (false, null);
        }

        UpgradeAnswer answer = UpgradeHead.Fault(request) is { } fault ? new UpgradeRefusal(400, "bad_handshake", fault) : await decide(request, connection.ConnectionClosed);
        if (answer is not UpgradeAccepted accepted)
        {
            await connection.Transport.Output.WriteAsync(UpgradeHead.Refuse((UpgradeRefusal)answer));
            return (true, null);
        }

        await connection.Transport.Output.WriteAsync(UpgradeHead.Accept(request, accepted.Protocol));
        return (true, Begin(connection, accepted));
    }

    private Carried Begin(ConnectionContext connection, UpgradeAccepted accepted)
    {
        var watch = accepted.IsPingedByHandler ? new PeerWatch(time) : null;
        var stream = new DuplexStream(connection.Transport, watch);
        var socket = WebSocket.CreateFromStream(stream, new()
        {
            IsServer = true,
            SubProtocol = accepted.Protocol,
            KeepAliveInterval = watch is null ? limits.PingInterval : TimeSpan.Zero,
            KeepAliveTimeout = limits.PongPatience,
        });
        var messages = new MessageSocket(socket, accepted.MaxMessageBytes, limits.QueuedBytes, limits.ClosePatience, time)
        {
            SlowClose = accepted.SlowClose,
            Cut = connection.Abort,
            Stream = stream,
            Watch = watch,
        };
        return new(stream, socket, messages, accepted.Handle(messages));
    }

    private async Task CarryAsync(ConnectionContext connection, Carried carried)
    {
        await using var stream = carried.Stream;
        using var socket = carried.Socket;
        try
        {
            await carried.Handling;
            await carried.Messages.FlushAsync();
            await AwaitCloseAsync(carried.Messages);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // One connection's fault is that connection's end.
            log.ConnectionFailed(e);
            socket.Abort();
        }

        if (socket.State is WebSocketState.Aborted)
        {
            // Else the server waits until the peer has read what was sent to it, and a mute one never does.
            connection.Abort(new("the WebSocket was cut"));
        }
    }

    /// <summary>The peer answers our close, so that it does not see its connection reset.</summary>
    private async Task AwaitCloseAsync(MessageSocket messages)
    {
        using var patience = new CancellationTokenSource(limits.ClosePatience, time);
        while ((await messages.ReceiveAsync(patience.Token)).Kind is not MessageKind.End)
        {
            // What it still had on the way.
        }
    }

    /// <summary>Null for a connection that the HTTP server is to have; nothing of it has been taken then.</summary>
    private async Task<UpgradeRequest?> FirstRequestAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        using var patience = new CancellationTokenSource(limits.HeadPatience, time);
        while (true)
        {
            System.IO.Pipelines.ReadResult read;
            try
            {
                read = await input.ReadAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                // The server has its own opinion about who does not finish a head.
                return null;
            }

            var bytes = read.Buffer;
            if (HeadLength(bytes) is { } length)
            {
                var head = bytes.Slice(0, length);
                var request = UpgradeHead.TryRead(head, (connection.RemoteEndPoint as IPEndPoint)?.Address);
                if (request is null)
                {
                    input.AdvanceTo(bytes.Start);
                }
                else
                {
                    input.AdvanceTo(head.End);
                }

                return request;
            }

            if (read.IsCompleted || bytes.Length > limits.HeadBytes || !MayBeGet(bytes))
            {
                input.AdvanceTo(bytes.Start);
                return null;
            }

            input.AdvanceTo(bytes.Start, bytes.End);
        }
    }

    private static bool MayBeGet(ReadOnlySequence<byte> bytes)
    {
        Span<byte> first = stackalloc byte[4];
        var length = (int)Math.Min(4, bytes.Length);
        bytes.Slice(0, length).CopyTo(first);
        return "GET "u8[..length].SequenceEqual(first[..length]);
    }

    private static long? HeadLength(ReadOnlySequence<byte> bytes)
    {
        var reader = new SequenceReader<byte>(bytes);
        return reader.TryReadTo(out ReadOnlySequence<byte> _, HeadEnd) ? reader.Consumed : null;
    }

    /// <summary>A WebSocket under way.</summary>
    /// <param name="Handling">Ends when whoever handles it has done with it.</param>
    private sealed record Carried(DuplexStream Stream, WebSocket Socket, MessageSocket Messages, Task Handling);
}
