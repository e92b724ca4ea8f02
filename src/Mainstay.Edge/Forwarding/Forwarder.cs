using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Mainstay.Edge.Forwarding.Upstream;
using Mainstay.Edge.Traffic;

namespace Mainstay.Edge.Forwarding;

/// <summary>One try: a connection, the head and body sent, the response relayed. Decides nothing about further tries.</summary>
internal sealed class Forwarder(EdgeLimits limits, TimeProvider time)
{
    /// <param name="timeout">How long the upstream may be silent, in timestamps.</param>
    /// <param name="bodyAppended">The body stands behind the head already, or there is none.</param>
    /// <param name="fresh">Do not use a pooled connection: the last one was dead.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Attempt> TryAsync(EdgeRequest request, InstanceTraffic instance, long timeout, bool bodyAppended, bool fresh)
    {
        var upstream = fresh ? null : instance.Pool.TryTake(request.IsIdempotent);
        var reused = upstream is not null;
        if (upstream is null)
        {
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
        }

        // Disposed before the connection goes back to the pool: a client that leaves later must not cut somebody else's exchange.
        var watch = request.Aborted.UnsafeRegister(static state => ((UpstreamConnection)state!).Dispose(), upstream);
        Task<PumpResult>? pump = null;
        var (attempt, reusable) = (Attempt.Died, false);
        try
        {
            var now = time.GetTimestamp();
            request.Exchange.Sending(now, reused);
            upstream.Silence = timeout;
            upstream.SetWriteDeadline(now + timeout);
            await upstream.SendAsync(request.Head.Written);
            upstream.SetWriteDeadline(0);
            upstream.ExpectByte(time.GetTimestamp());
            if (!bodyAppended)
            {
                pump = RequestBodyPump.RunAsync(request, upstream, timeout, time);
            }

            (attempt, reusable) = await ResponseRelay.RunAsync(request, upstream, pump, limits, time);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            attempt = upstream.Unread.IsEmpty ? Attempt.Died : Attempt.Broken;
        }
        catch
        {
            // A fault of ours must not leave a connection behind that nobody owns.
            await EndAsync(pump, request, upstream);
            instance.Pool.Drop(upstream);
            throw;
        }
        finally
        {
            await watch.DisposeAsync();
        }

        reusable &= await EndAsync(pump, request, upstream) == PumpResult.Completed;
        if (attempt == Attempt.Done && reusable)
        {
            instance.Pool.Return(upstream);
            return attempt;
        }

        attempt = Explain(attempt, request, upstream);
        instance.Pool.Drop(upstream);
        return attempt;
    }

    private static async ValueTask<PumpResult> EndAsync(Task<PumpResult>? pump, EdgeRequest request, UpstreamConnection upstream)
    {
        if (pump is null)
        {
            return PumpResult.Completed;
        }

        if (!pump.IsCompleted)
        {
            upstream.Dispose();
            request.Body.CancelPendingRead();
        }

        return await pump;
    }

    private static Attempt Explain(Attempt attempt, EdgeRequest request, UpstreamConnection upstream) => attempt switch
    {
        Attempt.Done => attempt,
        _ when request.IsGivenUp => Attempt.ClientFailed,
        _ when upstream.TimedOut => Attempt.TimedOut,
        _ => attempt,
    };
}
