using Mainstay.Realtime.Auth.Jwt;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Auth;

/// <summary>A route's door: a policy and the keys that go with it. One per route; safe for any number of handshakes at once.</summary>
public sealed class AuthGate : IAsyncDisposable
{
    private readonly AuthPolicy _policy;
    private readonly IKeySource[] _sources;

    /// <exception cref="ArgumentException">The policy has a problem: with an empty secret, for one, anybody could sign.</exception>
    public AuthGate(AuthPolicy policy, IJwksFetcher fetcher, TimeProvider clock, ILogger logger)
    {
        if (policy.Check() is [var problem, ..])
        {
            throw new ArgumentException(problem.ToString(), nameof(policy));
        }

        _policy = policy;
        _sources = policy.Jwt is { } jwt && policy.Methods.Contains(AuthMethod.Jwt) ? [.. Sources(jwt, fetcher, clock, logger)] : [];
    }

    /// <summary>Decides; for a key that is not there, fetches first if that is not too soon.</summary>
    public async ValueTask<AuthOutcome> CheckAsync(Credentials credentials, CancellationToken token)
    {
        var outcome = AuthDecision.Decide(_policy, credentials, Keys());
        if (outcome is not AuthOutcome.Refused refused || !refused.Why.IsForWantOfKeys())
        {
            return outcome;
        }

        await Task.WhenAll(_sources.Select(s => s.RefreshAsync(token)));
        return AuthDecision.Decide(_policy, credentials, Keys());
    }

    /// <summary>Keeps keys from URLs fresh until it is cancelled; without such, it ends at once.</summary>
    public Task RunAsync(CancellationToken token) => Task.WhenAll(_sources.OfType<JwksUrl>().Select(s => s.RunAsync(token)));

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources.OfType<JwksUrl>())
        {
            await source.DisposeAsync();
        }
    }

    private JwtKeyRing Keys() => _sources.Aggregate(JwtKeyRing.Empty, (ring, source) => ring.And(source.Current()));

    private static IEnumerable<IKeySource> Sources(JwtSettings jwt, IJwksFetcher fetcher, TimeProvider clock, ILogger logger)
    {
        yield return new FixedKeys(jwt.Keys);
        if (jwt.JwksPath is { } path)
        {
            yield return new JwksFile(path, logger);
        }

        if (jwt.JwksUrl is { } url)
        {
            yield return new JwksUrl(url, fetcher, clock, logger);
        }
    }
}
