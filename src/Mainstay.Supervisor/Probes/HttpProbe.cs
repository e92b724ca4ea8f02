using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Probes;

/// <summary>
/// One GET on a connection of its own. A client of a hundred lines instead of HttpClient: it keeps no pool that would grow with the ports
/// of a year of reloads, costs a fraction, and can say what an answer that is not HTTP looked like.
/// </summary>
internal static class HttpProbe
{
    private const int MaxHops = 5;

    public static async Task<(ProbeOutcome Outcome, string Detail)> RunAsync(HttpProbeSpec probe, int port, ProbeProgress progress, CancellationToken token)
    {
        var (answer, failure) = await GetAsync(probe.Path, probe, port, progress, token).ConfigureAwait(false);
        if (answer is null)
        {
            return failure;
        }

        var verdict = Expectation.Judge(answer, probe.Expect);
        return verdict.Outcome is ProbeOutcome.Redirected
            ? (verdict.Outcome, await ChainAsync(answer, probe, port, progress, token).ConfigureAwait(false))
            : verdict;
    }

    /// <summary>Where a redirect would have led: followed on the service's own port only, and only to be told.</summary>
    private static async Task<string> ChainAsync(HttpAnswer answer, HttpProbeSpec probe, int port, ProbeProgress progress, CancellationToken token)
    {
        var chain = new StringBuilder(probe.Path);
        var seen = new HashSet<string>(StringComparer.Ordinal) { probe.Path };
        var current = new Uri($"http://127.0.0.1:{port}{probe.Path}");
        for (var hop = 1; ; hop++)
        {
            if (answer.Location is not { } location)
            {
                return $"{chain}: status {answer.Status}";
            }

            chain.Append(" -> ").Append(answer.Status).Append(' ').Append(Printable(location));
            progress.Redirected($"{chain}");
            if (!Uri.TryCreate(current, location, out var target) || target.Scheme != Uri.UriSchemeHttp || target.Port != port || !target.IsLoopback)
            {
                return $"{chain} (not followed: another address)";
            }

            if (!seen.Add(target.PathAndQuery))
            {
                return $"{chain} (a loop)";
            }

            if (hop == MaxHops)
            {
                return $"{chain} (and on)";
            }

            var (next, failure) = await GetAsync(target.PathAndQuery, probe, port, progress, token).ConfigureAwait(false);
            if (next is null)
            {
                return $"{chain}: {failure.Detail}";
            }

            if (next.Status is < 300 or >= 400)
            {
                return $"{chain} -> {next.Status}";
            }

            (answer, current) = (next, target);
        }
    }

    private static async Task<(HttpAnswer? Answer, (ProbeOutcome Outcome, string Detail) Failure)> GetAsync(string path, HttpProbeSpec probe, int port, ProbeProgress progress, CancellationToken token)
    {
        if (Request(path, probe, port) is not { } request)
        {
            return (null, (ProbeOutcome.Broken, "the path or a header of the health check holds a line end"));
        }

        progress.Connecting();
        var (socket, refusal) = await LoopbackConnection.OpenAsync(port, token).ConfigureAwait(false);
        if (socket is null)
        {
            return (null, (ProbeOutcome.Refused, refusal));
        }

        using (socket)
        {
            progress.Connected();
            try
            {
                await socket.SendAsync(request, token).ConfigureAwait(false);
                return await ReceiveAsync(socket, port, progress, token).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                return (null, (ProbeOutcome.Broken, $"127.0.0.1:{port} broke the connection off: {e.Message}"));
            }
        }
    }

    private static async Task<(HttpAnswer?, (ProbeOutcome, string))> ReceiveAsync(Socket socket, int port, ProbeProgress progress, CancellationToken token)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(8 * 1024);
        try
        {
            for (var held = 0; ;)
            {
                if (held == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, held).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }

                var read = await socket.ReceiveAsync(buffer.AsMemory(held), token).ConfigureAwait(false);
                held += read;
                var parse = HttpAnswer.Parse(buffer.AsSpan(0, held), ended: read == 0);
                progress.Heard(parse.Answer);

                // The bound holds for chunk framing, too, which the body's own bound does not count.
                if (parse.State is HttpParseState.Done || (parse.Answer is not null && held > 4 * HttpAnswer.MaxBody))
                {
                    return (parse.Answer, default);
                }

                if (parse.State is HttpParseState.NotHttp)
                {
                    return (null, (ProbeOutcome.Broken, NotHttp(buffer.AsSpan(0, held), port)));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string NotHttp(ReadOnlySpan<byte> received, int port) => received switch
    {
        [] => $"127.0.0.1:{port} closed the connection without an answer",
        [0x15 or 0x16, 0x03, ..] => $"127.0.0.1:{port} speaks TLS, not plain HTTP",
        _ => $"127.0.0.1:{port} answered something that is not HTTP/1{Expectation.Snippet(Encoding.Latin1.GetString(received[..Math.Min(received.Length, 200)]))}",
    };

    private static byte[]? Request(string path, HttpProbeSpec probe, int port)
    {
        var text = new StringBuilder().Append("GET ").Append(path).Append(" HTTP/1.1\r\n");
        if (!probe.Headers.Keys.Any(k => k.Equals("host", StringComparison.OrdinalIgnoreCase)))
        {
            text.Append("Host: 127.0.0.1:").Append(port).Append("\r\n");
        }

        if (!probe.Headers.Keys.Any(k => k.Equals("user-agent", StringComparison.OrdinalIgnoreCase)))
        {
            text.Append("User-Agent: mainstay-healthcheck\r\n");
        }

        text.Append("Accept: */*\r\nConnection: close\r\n");
        foreach (var (name, value) in probe.Headers)
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        var given = probe.Headers.SelectMany(h => h.Key + h.Value).Concat(path);
        return given.Any(c => c is '\r' or '\n' or '\0') ? null : Encoding.UTF8.GetBytes(text.Append("\r\n").ToString());
    }

    private static string Printable(string text) => string.Concat(text.Take(200).Select(c => char.IsControl(c) ? '·' : c));
}
