using Mainstay.Realtime.Adapters;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>The way to the broker: tries it for ever, with growing pauses, and tells when it is there. Belongs to the outbox's loop.</summary>
internal sealed class BrokerLink(IBroker broker, OutboxOptions options, TimeProvider time, Random random, ILogger log, Action wake)
{
    private Task<IBrokerSession?>? _trying;
    private int _failed;
    private bool _toldAway;

    /// <summary>Why it is away; empty while it is there.</summary>
    public string Because { get; private set; } = "it has not been reached yet";

    /// <summary>A session when one has just begun; else sees to it that the broker is tried.</summary>
    public async Task<IBrokerSession?> TakeAsync(CancellationToken token)
    {
        _trying ??= TryAsync(token);
        if (!_trying.IsCompleted)
        {
            return null;
        }

        var session = await _trying;
        _trying = null;
        if (session is not null)
        {
            (_failed, _toldAway, Because) = (0, false, "");
        }
        else if (!token.IsCancellationRequested)
        {
            _trying = TryAsync(token);
        }

        return session;
    }

    public void Lost(string because) => TellAway(because);

    /// <summary>Waits for the try under way, and closes what came of it.</summary>
    public async Task EndAsync()
    {
        if (_trying is not null && await _trying is { } session)
        {
            await session.DisposeAsync();
        }
    }

    private async Task<IBrokerSession?> TryAsync(CancellationToken token)
    {
        try
        {
            if (_failed > 0)
            {
                var longest = Math.Min(options.RetryMax.TotalMilliseconds, options.RetryFirst.TotalMilliseconds * Math.Pow(2, Math.Min(_failed - 1, 20)));
                await Task.Delay(TimeSpan.FromMilliseconds(longest * (0.5 + (random.NextDouble() / 2))), time, token).ConfigureAwait(false);
            }

            return await broker.ConnectAsync(token).ConfigureAwait(false);
        }
        catch (BrokerDownException e)
        {
            _failed++;
            TellAway(e.Message);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            wake();
        }
    }

    private void TellAway(string because)
    {
        Because = because;
        if (!_toldAway)
        {
            _toldAway = true;
            log.BrokerIsAway(broker.Name, because);
        }
    }
}
