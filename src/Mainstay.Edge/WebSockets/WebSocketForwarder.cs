using System.Net.Sockets;
using Mainstay.Edge.Forwarding;
using Mainstay.Edge.Forwarding.Upstream;
using Mainstay.Edge.Traffic;

namespace Mainstay.Edge.WebSockets;

/// <summary>One try at opening a WebSocket: the handshake on a connection of its own, then the tunnel; another answer is relayed like any response.</summary>
internal sealed class WebSocketForwarder(OpenWebSockets open, EdgeLimits limits, TimeProvider time)
{
    /// <param name="key">What the instance's answer must prove to have read.</param>
    public async Task<Attempt> TryAsync(EdgeRequest request, InstanceTraffic instance, long timeout, string key)
    {
        UpstreamConnection upstream;
        try
        {
            upstream = await instance.Pool.ConnectAsync(request.Aborted);
        }
        catch (SocketException e)
        {
            instance.Refused(time.GetTimestamp());
            return e.SocketErrorCode == SocketError.TimedOut ? Attempt.ConnectTimedOut : Attempt.Refused;
        }
        catch (OperationCanceledException)
        {
            return Attempt.ClientFailed;
        }

        try
        {
            await using (request.Aborted.UnsafeRegister(static state => ((UpstreamConnection)state!).Dispose(), upstream))
            {
                return await ShakeAsync(request, instance, upstream, timeout, key);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return request.Aborted.IsCancellationRequested ? Attempt.ClientFailed
                : upstream.TimedOut ? Attempt.TimedOut
                : upstream.Unread.IsEmpty ? Attempt.Died
                : Attempt.Broken;
        }
        finally
        {
            instance.Pool.Drop(upstream);
        }
    }

    private async Task<Attempt> ShakeAsync(EdgeRequest request, InstanceTraffic instance, UpstreamConnection upstream, long timeout, string key)
    {
        var now = time.GetTimestamp();
        request.Exchange.Sending(now, reused: false);
        upstream.Silence = timeout;
        upstream.ExpectByte(now);
        await upstream.SendAsync(request.Head.Written);
        var length = await ResponseRelay.ReadHeadAsync(upstream, limits);
        if (length < 0)
        {
            return length == ResponseRelay.NoByte ? Attempt.Died : Attempt.Broken;
        }

        if (ResponseHeadParser.Status(upstream.Unread[..length]) != 101)
        {
            return (await ResponseRelay.RunAsync(request, upstream, null, limits, time)).Attempt;
        }

        var headers = request.ResponseHeaders;
        if (!ResponseHeadParser.TryParse(upstream.Unread[..length], headers, out _) || !WebSocketHandshake.IsAccepted(key, headers.SecWebSocketAccept))
        {
            headers.Clear();
            return Attempt.Broken;
        }

        request.Exchange.HeadCame(101, time.GetTimestamp());
        upstream.Consume(length);
        upstream.SetReadDeadline(0);
        using var tunnel = new WebSocketTunnel(await AcceptAsync(request), upstream, instance, limits, time);
        request.BecomeWebSocket();
        instance.EnterWebSocket();
        instance.Counters.Answered(request.Exchange.Latency, failed: false);
        open.Add(tunnel);
        try
        {
            await tunnel.RunAsync();
        }
        finally
        {
            open.Remove(tunnel);
            instance.LeaveWebSocket();
        }

        return Attempt.Done;
    }

    private static async ValueTask<Stream> AcceptAsync(EdgeRequest request)
    {
        request.Announce();
        if (request.IsHttp2)
        {
            request.ResponseHeaders.Remove("Sec-WebSocket-Accept");
            request.SetStatus(200);
            return await request.ExtendedConnect!.AcceptAsync();
        }

        request.ResponseHeaders.Upgrade = "websocket";
        return await request.Upgrade!.UpgradeAsync();
    }
}
