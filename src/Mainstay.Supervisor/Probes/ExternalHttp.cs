using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Probes;

/// <summary>Asks an external dependency by HTTP or HTTPS.</summary>
internal sealed class ExternalHttp : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,

        // A probe asks whether a connection can be made; a kept one would answer for yesterday.
        PooledConnectionLifetime = TimeSpan.Zero,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <exception cref="IOException">The connection failed; the client's own exception is within.</exception>
    public async Task<(ProbeOutcome, string)> GetAsync(Uri url, string name, CancellationToken token)
    {
        try
        {
            using var answer = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false);
            var status = (int)answer.StatusCode;
            return status switch
            {
                >= 200 and < 300 => (ProbeOutcome.Passed, $"{name}: status {status}"),
                >= 300 and < 400 => (ProbeOutcome.Redirected, $"{name}: {status} to {answer.Headers.Location}"),
                _ => (ProbeOutcome.WrongStatus, $"{name}: status {status}"),
            };
        }
        catch (HttpRequestException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public void Dispose() => _client.Dispose();
}
