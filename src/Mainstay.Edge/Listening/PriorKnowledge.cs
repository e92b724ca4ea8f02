using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Mainstay.Edge.Listening;

/// <summary>Tells HTTP/2 without TLS from HTTP/1.1 by its first bytes (RFC 9113 3.3) and hands each to the server's pipeline for it.</summary>
/// <remarks>
/// The server fixes the protocol of a cleartext endpoint in advance. So there is one more endpoint, for HTTP/2 only, that accepts
/// nothing: only its pipeline is wanted, and taken when the server builds it.
/// </remarks>
internal sealed class PriorKnowledge(TimeSpan patience)
{
    private ConnectionDelegate? _http2;

    private enum Verdict
    {
        Unknown,
        Http1,
        Http2,
    }

    private static ReadOnlySpan<byte> Preface => "PRI "u8;

    /// <summary>Middleware of the endpoint whose pipeline is taken.</summary>
    public ConnectionDelegate Take(ConnectionDelegate http2) => _http2 = http2;

    /// <summary>Middleware of a cleartext endpoint.</summary>
    public async Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate http1)
    {
        var input = context.Transport.Input;
        var verdict = input.TryRead(out var first) ? Judge(input, first) : Verdict.Unknown;
        if (verdict == Verdict.Unknown && (verdict = await WaitAsync(context, input)) == Verdict.Unknown)
        {
            return;
        }

        await (verdict == Verdict.Http2 && _http2 is { } http2 ? http2 : http1)(context);
    }

    /// <returns>Unknown when nothing telling came in time, or the connection is to end first.</returns>
    private async Task<Verdict> WaitAsync(ConnectionContext context, PipeReader input)
    {
        var closing = context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(closing);
        end.CancelAfter(patience);
        try
        {
            while (true)
            {
                var verdict = Judge(input, await input.ReadAsync(end.Token));
                if (verdict != Verdict.Unknown)
                {
                    return verdict;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return Verdict.Unknown;
        }
    }

    private static Verdict Judge(PipeReader input, ReadResult result)
    {
        Span<byte> start = stackalloc byte[Preface.Length];
        var buffer = result.Buffer;
        var length = (int)Math.Min(buffer.Length, start.Length);
        buffer.Slice(0, length).CopyTo(start);
        var verdict = !start[..length].SequenceEqual(Preface[..length]) || result.IsCompleted ? Verdict.Http1
            : length == Preface.Length ? Verdict.Http2
            : Verdict.Unknown;

        // Nothing is taken; what has been looked at in vain counts as examined, so that the next read waits for more.
        input.AdvanceTo(buffer.Start, verdict == Verdict.Unknown ? buffer.End : buffer.Start);
        return verdict;
    }
}
