using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Ingest.Outbox;
using Microsoft.Extensions.Logging.Abstractions;
using TheOutbox = Mainstay.Realtime.Ingest.Outbox.Outbox;

namespace Mainstay.Realtime.Tests.Ingest.Outbox;

/// <summary>An outbox on a folder of its own, running.</summary>
internal sealed class OutboxUnderTest : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Task _running;

    public OutboxUnderTest(ScriptedBroker broker, string folder, Func<OutboxOptions, OutboxOptions>? change = null)
    {
        var options = new OutboxOptions { Directory = folder, RetryFirst = TimeSpan.FromMilliseconds(1), RetryMax = TimeSpan.FromMilliseconds(2), Pace = TimeSpan.FromMilliseconds(5) };
        Outbox = new(broker, change?.Invoke(options) ?? options, TimeProvider.System, new Random(1), NullLogger.Instance)
        {
            Lost = (record, _) => Lost.Enqueue(Seq(record)),
        };
        _running = Outbox.RunAsync(_stop.Token, _giveUp.Token);
    }

    public TheOutbox Outbox { get; }

    public ConcurrentQueue<int> Lost { get; } = [];

    public static StreamRecord Record(int seq, string key = "call", int bytes = 4, string topic = "audio") =>
        new(topic, key, [new("seq", seq.ToString(CultureInfo.InvariantCulture))], "audio", Encoding.ASCII.GetBytes(seq.ToString(CultureInfo.InvariantCulture).PadLeft(bytes)));

    public static int Seq(StreamRecord record) => int.Parse(Encoding.ASCII.GetString(record.Body.Span), CultureInfo.InvariantCulture);

    public Task<StoredAt> StoreAsync(int seq, bool canWait = true, int bytes = 4, string key = "call", string topic = "audio") => Outbox.StoreAsync(Record(seq, key, bytes, topic), canWait);

    /// <summary>Looks again and again, at most for a while.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Waits for records; an outbox that has ended answers none of them any more, and says why.</summary>
    public async Task AllAsync(IEnumerable<Task<StoredAt>> stored)
    {
        var all = Task.WhenAll(stored);
        if (await Task.WhenAny(all, _running) == _running)
        {
            await _running;
            throw new InvalidOperationException("the outbox has ended");
        }

        await all;
    }

    public Task DirectAsync() => UntilAsync(() => Outbox.Health is { BrokerUp: true, SpooledBytes: 0 });

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Ends at once: what is neither at the broker nor in the spool is gone.</summary>
    public async Task KillAsync()
    {
        await _giveUp.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await _giveUp.CancelAsync();
        await _running;
        _stop.Dispose();
        _giveUp.Dispose();
    }
}
