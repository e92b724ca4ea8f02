using System.Buffers;
using System.IO.Pipelines;
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

        UpgradeAnswer answer = UpgradeHead.Fault(request) ?? await decide(request, connection.ConnectionClosed);
        if (answer is not UpgradeAccepted accepted)
        {
            await connection.Transport.Output.WriteAsync(UpgradeHead.Refuse((UpgradeRefusal)answer));
            return (true, null);
        }

        var deflate = accepted.MayCompress ? DeflateOffer.Choose(request) : null;
        await connection.Transport.Output.WriteAsync(UpgradeHead.Accept(request, accepted.Protocol, deflate?.Answer));
        return (true, Begin(connection, accepted, deflate?.Options));
    }

    private Carried Begin(ConnectionContext connection, UpgradeAccepted accepted, WebSocketDeflateOptions? deflate)
    {
        var watch = accepted.IsPingedByHandler ? new PeerWatch(time) : null;
        var stream = new DuplexStream(connection.Transport, watch);
        var socket = WebSocket.CreateFromStream(stream, new()
        {
            IsServer = true,
            SubProtocol = accepted.Protocol,
            DangerousDeflateOptions = deflate,
            KeepAliveInterval = watch is null ? limits.PingInterval : TimeSpan.Zero,
            KeepAliveTimeout = limits.PongPatience,
        });
        var messages = new MessageSocket(socket, accepted.MaxMessageBytes, limits.QueuedBytes, limits.ClosePatience, time)
        {
            SlowClose = accepted.SlowClose,
            IsCompressed = deflate is not null,
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
            await AwaitCloseAsync(carried.Messages, stream);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // One connection's fault is that connection's end.
            log.ConnectionFailed(e);
            carried.Messages.Abort();
        }

        if (carried.Messages.IsCut)
        {
            // Else the server waits until the peer has read what was sent to it, and a mute one never does.
            connection.Abort(new("the WebSocket was cut"));
        }
        else
        {
            await LingerAsync(connection.Transport.Input, isRefused: socket.State is WebSocketState.Aborted);
            _ = carried.Messages.CutLaterAsync();
        }
    }

    /// <summary>
    /// Takes what the peer still sends, and drops it: bytes that nobody has read reset a connection when it ends, and with it the peer loses the close that says why. It is over when the peer ends it, is quiet, or goes on for too long.
    /// </summary>
    /// <param name="isRefused">The WebSocket has found fault with what came, and said so; else it is over already, unless something is left.</param>
    private async Task LingerAsync(PipeReader input, bool isRefused)
    {
        var began = time.GetTimestamp();
        var left = isRefused || input.TryRead(out var read) && Drop(input, read);
        while (left && time.GetElapsedTime(began) < limits.ClosePatience)
        {
            using var quiet = new CancellationTokenSource(limits.QuietPatience, time);
            try
            {
                left = Drop(input, await input.ReadAsync(quiet.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
            {
                left = false;
            }
        }
    }

    /// <returns>False: nothing comes behind it.</returns>
    private static bool Drop(PipeReader input, ReadResult read)
    {
        input.AdvanceTo(read.Buffer.End);
        return !read.IsCompleted;
    }

    /// <summary>The peer answers our close, so that it does not see its connection reset.</summary>
    private async Task AwaitCloseAsync(MessageSocket messages, Stream stream)
    {
        using var patience = new CancellationTokenSource(limits.ClosePatience, time);
        while (!(messages.IsCompressed && messages.WasTooLong))
        {
            // What it still had on the way.
            if ((await messages.ReceiveAsync(patience.Token)).Kind is MessageKind.End)
            {
                return;
            }
        }

        await DropAsync(stream, patience.Token);
    }

    /// <summary>What a message that was too long would go on to inflate to has no bound, and no claim on our time: its bytes are dropped as they came, so that the peer can read its close.</summary>
    private static async Task DropAsync(Stream stream, CancellationToken patience)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await stream.ReadAsync(buffer, patience) > 0)
            {
                // On to the peer's own end.
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It had its time, or is gone.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Null for a connection that the HTTP server is to have; nothing of it has been taken then.</summary>
    private async Task<UpgradeRequest?> FirstRequestAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        using var patience = new CancellationTokenSource(limits.HeadPatience, time);
        while (true)
        {
            ReadResult read;
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
