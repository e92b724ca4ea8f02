using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Mainstay.Edge.Answers;
using Mainstay.Edge.Forwarding.Upstream;

namespace Mainstay.Edge.Forwarding;

/// <summary>Reads one response and passes it on as it comes: nothing is held back while the upstream is silent.</summary>
internal static class ResponseRelay
{
    /// <summary>The upstream closed without a word.</summary>
    public const int NoByte = -3;

    /// <summary>Not HTTP, too long, or ended within the head.</summary>
    public const int Malformed = -2;

    private const int FlushAbove = 32 * 1024;
    private const int Incomplete = -1;

    /// <summary>Reads until the final response's head stands complete in the unread bytes. Returns its length, <see cref="NoByte"/> or <see cref="Malformed"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<int> ReadHeadAsync(UpstreamConnection upstream, EdgeLimits limits)
    {
        int length;
        while ((length = FinalHead(upstream)) == Incomplete)
        {
            if (upstream.Unread.Length > limits.ResponseHeadBytes)
            {
                return Malformed;
            }

            var count = await upstream.ReceiveAsync();
            if (count == 0)
            {
                return upstream.Unread.IsEmpty ? NoByte : Malformed;
            }

            upstream.Received(count);
        }

        return length;
    }

    /// <returns>How it ended, and whether the upstream connection may carry another exchange.</returns>
    /// <exception cref="SocketException">The upstream failed before anything was relayed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<(Attempt Attempt, bool Reusable)> RunAsync(EdgeRequest request, UpstreamConnection upstream, Task<PumpResult>? pump, EdgeLimits limits, TimeProvider time)
    {
        var length = await ReadHeadAsync(upstream, limits);
        if (length < 0)
        {
            return (length == NoByte ? Attempt.Died : Attempt.Broken, false);
        }

        if (!ResponseHeadParser.TryParse(upstream.Unread[..length], request.ResponseHeaders, out var framing) || framing.Status == 101)
        {
            request.ResponseHeaders.Clear();
            return (Attempt.Broken, false);
        }

        request.Exchange.HeadCame(framing.Status, time.GetTimestamp());
        upstream.Consume(length);
        if (framing.Status == 404 && Answerer.IsFavicon(request))
        {
            Answerer.GiveNoFavicon(request);
            return (Attempt.Done, false);
        }

        Announce(request, upstream, framing, time);
        if (request.IsHead || framing.Status is 204 or 304 || framing.ContentLength == 0)
        {
            return (Attempt.Done, !framing.Close && upstream.Unread.IsEmpty);
        }

        if (framing.EventStream)
        {
            upstream.Silence = 0;
            upstream.SetReadDeadline(0);
        }

        if (framing.ContentLength > FlushAbove)
        {
            upstream.ExpectBulk();
        }

        return await RelayBodyAsync(request, upstream, framing, pump, time);
    }

    /// <summary>The length of the final response's head, which stands first in the unread bytes; interim responses before it are dropped.</summary>
    private static int FinalHead(UpstreamConnection upstream)
    {
        while (true)
        {
            var length = ResponseHeadParser.Length(upstream.Unread);
            if (length < 0)
            {
                return Incomplete;
            }

            switch (ResponseHeadParser.Status(upstream.Unread[..length]))
            {
                case < 0:
                    return Malformed;
                case >= 100 and < 200 and not 101:
                    upstream.Consume(length);
                    continue;
                default:
                    return length;
            }
        }
    }

    private static void Announce(EdgeRequest request, UpstreamConnection upstream, in ResponseFraming framing, TimeProvider time)
    {
        request.SetStatus(framing.Status, framing.ReasonPhrase);
        request.Announce();
        if (framing.ContentLength >= 0 && framing.Status != 204)
        {
            request.ResponseHeaders.ContentLength = framing.ContentLength;
        }

        if (framing.KeepAliveSeconds > 0)
        {
            // Stay clear of the peer's own limit: by a second, or by half when it has not much more than that.
            var seconds = Math.Max(framing.KeepAliveSeconds - 1, framing.KeepAliveSeconds * 0.5);
            upstream.PeerIdle = (long)(seconds * time.TimestampFrequency);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<(Attempt Attempt, bool Reusable)> RelayBodyAsync(
        EdgeRequest request, UpstreamConnection upstream, ResponseFraming framing, Task<PumpResult>? pump, TimeProvider time)
    {
        var writer = request.ResponseBody;
        var body = new ResponseBody(framing);
        var relayed = false;
        try
        {
            var unflushed = 0;
            while (true)
            {
                var written = body.Take(upstream, writer);
                relayed |= written > 0;
                unflushed += written;
                if (body.IsDone)
                {
                    body.AddTrailers(request);
                    if (request.HasResponseStarted && written > 0)
                    {
                        // A response that has not begun goes out in one piece with its head when the request ends; one that has must be flushed.
                        upstream.SetReadDeadline(0);
                        upstream.Finished(time.GetTimestamp());
                        await writer.FlushAsync();
                    }

                    return (Attempt.Done, !framing.Close && upstream.Unread.IsEmpty);
                }

                if (body.IsBroken)
                {
                    return Cut(request, relayed);
                }

                var receiving = upstream.ReceiveAsync();
                if (!receiving.IsCompleted || unflushed >= FlushAbove)
                {
                    var flushing = writer.FlushAsync();
                    if (!flushing.IsCompletedSuccessfully)
                    {
                        // A slow client must not look like a silent upstream.
                        upstream.SetReadDeadline(0);
                    }

                    try
                    {
                        await flushing;
                    }
                    catch
                    {
                        // The read must be over before its buffer goes back to the pool.
                        upstream.Dispose();
                        await EndAsync(receiving);
                        throw;
                    }

                    (relayed, unflushed) = (true, 0);
                }

                if (pump is null or { IsCompleted: true })
                {
                    upstream.ExpectByte(time.GetTimestamp());
                }

                var count = await receiving;
                if (count == 0 && !body.EndOfInput())
                {
                    return Cut(request, relayed);
                }

                upstream.Received(count);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return Cut(request, relayed);
        }
    }

    private static async ValueTask EndAsync(ValueTask<int> receiving)
    {
        try
        {
            await receiving;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // That is what disposing is for.
        }
    }

    /// <summary>A part must never look like the whole. What was not begun can still be answered properly.</summary>
    private static (Attempt Attempt, bool Reusable) Cut(EdgeRequest request, bool relayed)
    {
        if (relayed || request.HasResponseStarted)
        {
            if (!request.IsGivenUp)
            {
                request.Exchange.Cut();
            }

            request.Abort();
            return (Attempt.Done, false);
        }

        request.ResponseHeaders.Clear();
        return (Attempt.Broken, false);
    }
}
