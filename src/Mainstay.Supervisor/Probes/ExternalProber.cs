using System.Net.Sockets;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Probes;

/// <summary>Asks things that Mainstay does not run, such as a database on another host, whether they are there.</summary>
public sealed class ExternalProber(TimeProvider time) : IExternalProber, IDisposable
{
    // Made by the first probe that needs it, and behind a type of its own: even a field of the client's type would load a megabyte.
    private ExternalHttp? _http;

    /// <inheritdoc/>
    public async Task<ProbeResult> ProbeAsync(ExternalSpec external, CancellationToken token)
    {
        var at = time.GetUtcNow();
        var started = time.GetTimestamp();
        var (outcome, detail) = await AskAsync(external, token).ConfigureAwait(false);
        return new ProbeResult(at, outcome, time.GetElapsedTime(started), detail);
    }

    public void Dispose() => _http?.Dispose();

    private async Task<(ProbeOutcome, string)> AskAsync(ExternalSpec external, CancellationToken token)
    {
        using var timeout = new CancellationTokenSource(external.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, token);
        var name = external.Tcp ?? external.Http?.GetLeftPart(UriPartial.Path) ?? external.Name.Value;
        try
        {
            return external switch
            {
                { Tcp: { } address } => await ConnectAsync(address, both.Token).ConfigureAwait(false),
                { Http: { } url } => await GetAsync(url, name, both.Token).ConfigureAwait(false),
                _ => (ProbeOutcome.Broken, $"nothing says how to reach {name}"),
            };
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return (ProbeOutcome.Broken, "the probe was given up");
        }
        catch (OperationCanceledException)
        {
            return (ProbeOutcome.TimedOut, $"{name} did not answer within {external.Timeout.TotalSeconds:0.###} s");
        }
        catch (SocketException e)
        {
            return (Outcome(e), $"{name}: {e.Message}");
        }
        catch (IOException e) when (e.InnerException?.InnerException is SocketException inner)
        {
            return (Outcome(inner), $"{name}: {e.Message}");
        }
        catch (Exception e)
        {
            // A probe never throws: whatever went wrong is a probe that did not pass, and says why.
            return (ProbeOutcome.Broken, $"{name}: {e.Message}");
        }
    }

    private static ProbeOutcome Outcome(SocketException error) =>
        error.SocketErrorCode is SocketError.ConnectionRefused ? ProbeOutcome.Refused : ProbeOutcome.Broken;

    private static async Task<(ProbeOutcome, string)> ConnectAsync(string address, CancellationToken token)
    {
        var colon = address.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(address.AsSpan(colon + 1), out var port))
        {
            return (ProbeOutcome.Broken, $"{address} is not of the form host:port");
        }

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address[..colon].Trim('[', ']'), port, token).ConfigureAwait(false);
        return (ProbeOutcome.Passed, $"{address} accepts connections");
    }

    private Task<(ProbeOutcome, string)> GetAsync(Uri url, string name, CancellationToken token)
    {
        var http = _http ?? Interlocked.CompareExchange(ref _http, new ExternalHttp(), null) ?? _http;
        return http.GetAsync(url, name, token);
    }
}
