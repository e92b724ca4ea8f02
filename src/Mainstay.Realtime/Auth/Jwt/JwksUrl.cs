using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>
/// A key set behind a URL. Whoever needs a newer key waits for the one fetch that is under way; the fetch belongs to this object and not to a caller, who could otherwise
/// begin it with an invented key id, hang up, and so keep the set from being fetched for the next 30 s.
/// </summary>
public sealed class JwksUrl(Uri url, IJwksFetcher fetcher, TimeProvider clock, ILogger logger) : IKeySource, IAsyncDisposable
{
    /// <summary>A handshake waits for it; telephone platforms give up at 10 s.</summary>
    public static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _state = new();
    private readonly CancellationTokenSource _life = new();
    private JwtKeyRing _ring = JwtKeyRing.Empty with { Complete = false };
    private JwksSchedule _schedule;
    private Task _fetch = Task.CompletedTask;

    public JwtKeyRing Current()
    {
        lock (_state)
        {
            return _ring;
        }
    }

    public Task RefreshAsync(CancellationToken token)
    {
        lock (_state)
        {
            if (_fetch.IsCompleted && !_life.IsCancellationRequested && _schedule.MayFetch(clock.GetUtcNow()))
            {
                _schedule = _schedule with { LastTry = clock.GetUtcNow() };
                _fetch = Task.Run(FetchAsync, CancellationToken.None); // Its own life ends it, see above.
            }

            return _fetch.WaitAsync(token);
        }
    }

    /// <summary>Keeps the set fresh until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            await RefreshAsync(token);
            var wait = Due() - clock.GetUtcNow();
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, clock, token);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task fetch;
        lock (_state)
        {
            _life.Cancel();
            fetch = _fetch;
        }

        await fetch;
        _life.Dispose();
    }

    private DateTimeOffset Due()
    {
        lock (_state)
        {
            return _schedule.Due(clock.GetUtcNow());
        }
    }

    private async Task FetchAsync()
    {
        using var timeout = new CancellationTokenSource(FetchTimeout, clock);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _life.Token);
        try
        {
            Take(await fetcher.FetchAsync(url, ended.Token));
        }
        catch (OperationCanceledException)
        {
            logger.KeysNotLoaded("the JWKS URL", timeout.IsCancellationRequested ? "did not answer in time" : "was not waited for, because the service stops");
        }
        catch (Exception e)
        {
            // The fetch's edge: whatever went wrong, the keys stay, and the next try is in 30 s.
            logger.KeysNotLoaded("the JWKS URL", e.Message);
        }
    }

    private void Take(byte[] answer)
    {
        var (keys, fault) = JwksText.Read(answer);
        if (fault.Length > 0)
        {
            logger.KeysNotLoaded("the JWKS URL", fault);
            return;
        }

        lock (_state)
        {
            _ring = new(keys);

            // By the try's own time: LastGood equals LastTry exactly if the last try was good.
            _schedule = _schedule with { LastGood = _schedule.LastTry };
        }

        logger.KeysLoaded("the JWKS URL", keys.Length);
    }
}
