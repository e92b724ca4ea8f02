using System.Net.WebSockets;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Hub.Sockets;
using Mainstay.Realtime.Tests.Ingest.Outbox;
using Mainstay.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Realtime.Tests.Hub.Sockets;

public sealed class HeartbeatTests : IDisposable
{
    private static readonly TimeSpan s_ping = TimeSpan.FromSeconds(15);
    private readonly ManualTimeProvider _time = new(new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<TimeSpan?> _samples = [];
    private readonly string _licences = Path.GetTempFileName();
    private readonly PipedConnection _connection;

    public HeartbeatTests() => _connection = new(_time);

    public void Dispose()
    {
        _connection.Dispose();
        File.Delete(_licences);
    }

    [Fact]
    public async Task A_peer_that_answers_is_measured_with_every_ping()
    {
        var heart = Heart();
        heart.Add(_connection);
        var reading = _connection.PeerReadsAsync(TestContext.Current.CancellationToken);
        for (var i = 1; i <= 3; i++)
        {
            await PassAsync(heart, s_ping);
            await OutboxUnderTest.UntilAsync(() => _connection.Socket.RoundTrip is not null);
            await PassAsync(heart, TimeSpan.FromSeconds(1));
            Assert.Equal(Enumerable.Repeat<TimeSpan?>(TimeSpan.Zero, i), _samples);
        }

        Assert.Empty(_connection.Closed);
        Assert.False(reading.IsCompleted);
    }

    [Fact]
    public async Task A_peer_that_answers_neither_of_two_pings_is_closed_with_3008_and_cut()
    {
        var heart = Heart();
        heart.Add(_connection);
        await PassAsync(heart, s_ping);
        await PassAsync(heart, s_ping);
        Assert.Equal([null], _samples);
        Assert.Empty(_connection.Closed);
        await PassAsync(heart, s_ping);
        Assert.Equal([HubClose.Silent], _connection.Closed);
        Assert.Equal(3008, (int?)await _connection.PeerReadsAsync(TestContext.Current.CancellationToken));
        _time.Advance(TimeSpan.FromSeconds(2));
        await _connection.Reading.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_peer_that_says_something_is_there_even_if_its_pongs_are_not()
    {
        var heart = Heart();
        heart.Add(_connection);
        var heard = _time.GetUtcNow();
        for (var i = 0; i < 6; i++)
        {
            await PassAsync(heart, s_ping - TimeSpan.FromSeconds(1));
            await SilentForAsync(_time.GetUtcNow() - heard);
            heard = _time.GetUtcNow();
            await _connection.Peer.SendAsync(new byte[] { 1 }, WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

            // By what was heard, and not by whether the reader reads: that it does not could also be for the message before.
            await OutboxUnderTest.UntilAsync(() => _connection.Socket.Watch!.Silent == TimeSpan.Zero);
            _time.Advance(TimeSpan.FromSeconds(1));
            await SilentForAsync(TimeSpan.FromSeconds(1));
            await heart.SweepAsync(TestContext.Current.CancellationToken);
        }

        Assert.Empty(_connection.Closed);
        Assert.True(_samples.Count >= 4 && _samples.TrueForAll(s => s is null));
    }

    [Fact]
    public async Task A_peer_that_takes_nothing_is_given_up_with_4002_within_ten_seconds()
    {
        var heart = Heart();
        heart.Add(_connection);
        _connection.Send(new byte[200_000]);
        await OutboxUnderTest.UntilAsync(() => !_connection.Socket.Ping());

        // Counted from where the writer was held up, whenever it came there.
        await OutboxUnderTest.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return _connection.Socket.Stalled >= TimeSpan.FromSeconds(8);
        });
        await PassAsync(heart, TimeSpan.Zero);
        Assert.False(_connection.Socket.IsTooSlow);
        await PassAsync(heart, TimeSpan.FromSeconds(2));
        Assert.True(_connection.Socket.IsTooSlow);

        // Who reads on in time is told why.
        Assert.Equal(4002, (int?)await _connection.PeerReadsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_connection_ends_with_its_token_and_with_its_licence()
    {
        var hash = new string('a', 64);
        await File.WriteAllTextAsync(_licences, $"north till-1 {hash}\n", TestContext.Current.CancellationToken);
        var heart = new Heartbeat(s_ping, TimeSpan.FromSeconds(9), LicenceFile.Open(_licences).File, (_, _) => ValueTask.CompletedTask, _time, NullLogger.Instance);
        using var expiring = new PipedConnection(_time) { ValidUntil = _time.GetUtcNow() + TimeSpan.FromSeconds(3) };
        using var licensed = new PipedConnection(_time) { Licence = new(hash, new(new("north"), "till-1")) };
        heart.Add(expiring);
        heart.Add(licensed);
        await PassAsync(heart, TimeSpan.FromSeconds(2));
        Assert.Empty(expiring.Closed);
        await PassAsync(heart, TimeSpan.FromSeconds(1));
        Assert.Equal([HubClose.Unauthorized], expiring.Closed);
        Assert.Empty(licensed.Closed);
        await File.WriteAllTextAsync(_licences, "# none\n", TestContext.Current.CancellationToken);
        await PassAsync(heart, TimeSpan.FromSeconds(1));
        Assert.Empty(licensed.Closed);
        await PassAsync(heart, TimeSpan.FromSeconds(1));
        Assert.Equal([HubClose.Unauthorized], licensed.Closed);
    }

    private Heartbeat Heart() => new(s_ping, TimeSpan.FromSeconds(9), null, TellAsync, _time, NullLogger.Instance);

    private ValueTask TellAsync(IReadOnlyList<LinkSample> samples, CancellationToken token)
    {
        _samples.AddRange(samples.Select(s => s.RoundTrip));
        return ValueTask.CompletedTask;
    }

    /// <summary>Until the reader of the connection has come back to wait for the next bytes: in between it is not to blame, and counts as heard.</summary>
    private Task SilentForAsync(TimeSpan since) => OutboxUnderTest.UntilAsync(() => _connection.Socket.Silent == since);

    private async Task PassAsync(Heartbeat heart, TimeSpan by)
    {
        _time.Advance(by);
        await heart.SweepAsync(TestContext.Current.CancellationToken);
    }
}
