namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>Gets the text of a key set.</summary>
public interface IJwksFetcher
{
    /// <exception cref="HttpRequestException">There is no good answer, or it is too long.</exception>
    Task<byte[]> FetchAsync(Uri url, CancellationToken token);
}

/// <summary>Over HTTP, with a bound on the answer, and without following redirects: the keys come from the address that was configured, or not at all.</summary>
public sealed class HttpJwksFetcher : IJwksFetcher, IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        MaxResponseContentBufferSize = JwksText.MaxBytes,
        Timeout = Timeout.InfiniteTimeSpan, // The caller's token ends it, by the caller's clock.
    };

    public async Task<byte[]> FetchAsync(Uri url, CancellationToken token)
    {
        using var response = await _client.GetAsync(url, token);
        return response.StatusCode is System.Net.HttpStatusCode.OK
            ? await response.Content.ReadAsByteArrayAsync(token)
            : throw new HttpRequestException($"the answer is {(int)response.StatusCode}", null, response.StatusCode);
    }

    public void Dispose() => _client.Dispose();
}
