using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Mainstay.Edge.Forwarding.Upstream;
using Mainstay.Edge.Headers;

namespace Mainstay.Edge.Forwarding;

/// <summary>Carries a request body upstream as it comes, beside the response coming back.</summary>
internal static class RequestBodyPump
{
    private const int ChunkData = 16 * 1024;
    private const int ChunkFraming = 16;

    /// <summary>Reads a small body whole and appends it to the head: one write, and it can be sent again.</summary>
    /// <returns>False when the body is not small; it is untouched then.</returns>
    /// <exception cref="IOException">The client's side failed.</exception>
    public static async ValueTask<bool> TryAppendAsync(EdgeRequest request, int limit)
    {
        if (request.Headers.ContentLength is not { } length || length > limit)
        {
            return false;
        }

        var reader = request.Body;
        for (long taken = 0; taken < length;)
        {
            var result = await reader.ReadAsync();
            foreach (var segment in result.Buffer)
            {
                request.Head.Write(segment.Span);
                taken += segment.Length;
            }

            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted && taken < length)
            {
                throw new IOException("the client's body ended before its length");
            }
        }

        return true;
    }

    /// <summary>Ends when the body has ended, the client's side failed (then the upstream is cut, so that it cannot take a part for the whole), or the upstream stopped listening.</summary>
    public static async Task<PumpResult> RunAsync(EdgeRequest request, UpstreamConnection upstream, long timeout, TimeProvider time)
    {
        var reader = request.Body;
        var chunked = request.Headers.ContentLength is null;
        if (chunked)
        {
            request.AllowSlowBody();
        }

        var chunk = chunked ? ArrayPool<byte>.Shared.Rent(ChunkData + ChunkFraming) : null;
        try
        {
            while (true)
            {
                // While the client is silent the upstream cannot be blamed for its silence.
                upstream.SetReadDeadline(0);
                upstream.SetWriteDeadline(0);
                var result = await reader.ReadAsync();
                if (result.IsCanceled)
                {
                    return PumpResult.Stopped;
                }

                upstream.SetWriteDeadline(time.GetTimestamp() + timeout);
                try
                {
                    foreach (var segment in result.Buffer)
                    {
                        await SendAsync(upstream, segment, chunk);
                    }

                    reader.AdvanceTo(result.Buffer.End);
                    if (result.IsCompleted)
                    {
                        if (chunked)
                        {
                            await upstream.SendAsync(LastChunk(request));
                        }

                        upstream.SetWriteDeadline(0);
                        upstream.ExpectByte(time.GetTimestamp());
                        return PumpResult.Completed;
                    }
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    upstream.SetWriteDeadline(0);
                    upstream.ExpectByte(time.GetTimestamp());
                    return PumpResult.UpstreamStopped;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            request.BodyError = e;
            upstream.Dispose();
            return PumpResult.ClientFailed;
        }
        finally
        {
            if (chunk is not null)
            {
                ArrayPool<byte>.Shared.Return(chunk);
            }
        }
    }

    private static async ValueTask SendAsync(UpstreamConnection upstream, ReadOnlyMemory<byte> data, byte[]? chunk)
    {
        if (chunk is null)
        {
            await upstream.SendAsync(data);
            return;
        }

        while (!data.IsEmpty)
        {
            var part = data[..Math.Min(data.Length, ChunkData)];
            part.Length.TryFormat(chunk.AsSpan(), out var at, "x", CultureInfo.InvariantCulture);
            "\r\n"u8.CopyTo(chunk.AsSpan(at));
            part.Span.CopyTo(chunk.AsSpan(at + 2));
            at += 2 + part.Length;
            "\r\n"u8.CopyTo(chunk.AsSpan(at));
            await upstream.SendAsync(chunk.AsMemory(0, at + 2));
            data = data[part.Length..];
        }
    }

    private static byte[] LastChunk(EdgeRequest request)
    {
        var text = new StringBuilder("0\r\n");
        if (request.Trailers is { } trailers)
        {
            foreach (var (name, values) in trailers)
            {
                // A trailer is never merged into the head by us, and must not pretend to be a field that steers routing or framing.
                if (HeaderText.IsToken(name) && HopByHop.MayBeNominated(name) && HeaderText.IsSafeValue(values.ToString()))
                {
                    text.Append(name).Append(": ").Append(values.ToString()).Append("\r\n");
                }
            }
        }

        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }
}

internal enum PumpResult
{
    Completed,
    Stopped,
    UpstreamStopped,
    ClientFailed,
}
