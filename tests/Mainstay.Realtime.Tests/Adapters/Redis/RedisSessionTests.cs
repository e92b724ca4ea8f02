using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Adapters.Redis;
using Mainstay.Testing;

namespace Mainstay.Realtime.Tests.Adapters.Redis;

public sealed class RedisSessionTests : IAsyncLifetime
{
    private const string Stored = "$15\r\n1732000000000-0\r\n";

    private readonly ManualTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly ScriptedRedis _server;
    private IBrokerSession _session = null!;
    private bool _answersPings = true;

    public RedisSessionTests() => _server = new(words => words[0] == "PING" && !_answersPings ? ScriptedRedis.Silence : null);

    public async ValueTask InitializeAsync() => _session = await new RedisBroker(_server.Options with { MaxRecordBytes = 1000 }, _clock).ConnectAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task An_append_is_done_when_the_server_says_so_and_no_earlier()
    {
        var first = AppendAsync("1");
        var second = AppendAsync("2");
        Assert.Equal("1", (await _server.SeenAsync("XADD"))[^1]);
        Assert.Equal("2", (await _server.SeenAsync("XADD"))[^1]);
        Assert.False(first.IsCompleted);

        await _server.SendAsync(Stored);
        await first.WaitAsync(ScriptedRedis.Patience);
        Assert.False(second.IsCompleted);

        await _server.SendAsync(Stored);
        await second.WaitAsync(ScriptedRedis.Patience);
    }

    [Fact]
    public async Task Retention_goes_by_the_servers_clock_as_it_was_told()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        _ = AppendAsync("1");

        var words = await _server.SeenAsync("XADD");

        Assert.Equal($"XADD audio MINID ~ {((ScriptedRedis.UnixSeconds - 600) * 1000) + 100} * audio 1", string.Join(' ', words));
    }

    [Fact]
    public async Task A_reply_in_pieces_is_a_reply()
    {
        var append = AppendAsync("1");
        await _server.SeenAsync("XADD");
        foreach (var piece in Stored)
        {
            Assert.False(append.IsCompleted);
            await _server.SendAsync(piece.ToString());
        }

        await append.WaitAsync(ScriptedRedis.Patience);
    }

    [Theory]
    [InlineData("", "closed the connection")]
    [InlineData("$15\r\n17320", "closed the connection in the middle of a reply")]
    [InlineData("$4294967296\r\n", "does not keep to the protocol: a reply is larger than 16 MiB")]
    [InlineData("SSH-2.0-OpenSSH\r\n", "does not keep to the protocol")]
    [InlineData(":1\r\n", "answered XADD with something else than it must")]
    [InlineData("$-1\r\n", "answered XADD with something else than it must")]
    [InlineData("-OOM command not allowed when used memory > 'maxmemory'.\r\n", "has no memory left")]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n", "is still loading")]
    [InlineData("-READONLY You can't write against a read only replica.\r\n", "is a replica")]
    [InlineData("-MISCONF Redis is configured to save\r\n", "cannot save")]
    [InlineData("-NOAUTH Authentication required.\r\n", "asks for a password")]
    [InlineData("-CLUSTERDOWN The cluster is down\r\n", "cluster that is down")]
    [InlineData("-WRONGTYPE Operation against a key\r\n", "under the key of stream \"audio\"")]
    public async Task What_ends_a_session_in_mid_stream_fails_all_that_is_not_answered_and_says_why(string answer, string cause)
    {
        Task[] appends = [AppendAsync("1"), AppendAsync("2"), AppendAsync("3")];
        foreach (var _ in appends)
        {
            await _server.SeenAsync("XADD");
        }

        await _server.SendAsync(Stored + answer);
        await appends[0].WaitAsync(ScriptedRedis.Patience);
        if (cause.StartsWith("closed", StringComparison.Ordinal))
        {
            _server.Close();
        }

        await _session.Ended.WaitAsync(ScriptedRedis.Patience);
        Assert.Contains(cause, _session.Because, StringComparison.Ordinal);
        foreach (var append in appends[1..])
        {
            Assert.Equal(_session.Because, (await Assert.ThrowsAsync<BrokerDownException>(() => append.WaitAsync(ScriptedRedis.Patience))).Message);
        }

        Assert.Equal(_session.Because, (await Assert.ThrowsAsync<BrokerDownException>(() => AppendAsync("4"))).Message);
    }

    [Fact]
    public async Task A_reply_out_of_the_blue_ends_the_session()
    {
        await _server.SendAsync(Stored);
        await _session.Ended.WaitAsync(ScriptedRedis.Patience);
        Assert.EndsWith("sent a reply that nobody asked for", _session.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_out_of_the_blue_is_the_cause()
    {
        await _server.SendAsync("-ERR Client closed by the administrator\r\n");
        await _session.Ended.WaitAsync(ScriptedRedis.Patience);
        Assert.Contains("Client closed by the administrator", _session.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_connection_that_closes_is_seen_at_once()
    {
        _server.Close();
        await _session.Ended.WaitAsync(ScriptedRedis.Patience);
        Assert.EndsWith("closed the connection", _session.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_connection_that_breaks_is_seen_at_once()
    {
        _server.Reset();
        await _session.Ended.WaitAsync(ScriptedRedis.Patience);
        Assert.Contains("reset", _session.Because, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Silence_while_an_answer_is_owed_is_death()
    {
        var append = AppendAsync("1");
        await _server.SeenAsync("XADD");

        await AdvanceUntilEndedAsync();

        Assert.EndsWith("did not answer for 1 s", _session.Because, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BrokerDownException>(() => append);
    }

    [Fact]
    public async Task An_idle_server_is_asked_twice_a_second()
    {
        await _server.SeenAsync("PING");
        for (var asked = 0; asked < 5; asked++)
        {
            _clock.Advance(RedisSession.AskAfter + TimeSpan.FromMilliseconds(100));
            await _server.SeenAsync("PING");

            // Answers come in order: when this one is there, that of the PING was.
            var append = AppendAsync("1");
            await _server.SeenAsync("XADD");
            await _server.SendAsync(Stored);
            await append.WaitAsync(ScriptedRedis.Patience);
        }

        Assert.False(_session.Ended.IsCompleted);
    }

    [Fact]
    public async Task An_idle_server_that_does_not_answer_is_dead()
    {
        _answersPings = false;
        await AdvanceUntilEndedAsync();
        Assert.EndsWith("did not answer for 1 s", _session.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_is_too_large_is_refused_and_nothing_else_suffers()
    {
        var refused = await Assert.ThrowsAsync<RecordRefusedException>(() => AppendAsync(new string('x', 1000)));
        Assert.Contains("a record of 1010 bytes for stream \"audio\" is larger than", refused.Message, StringComparison.Ordinal);

        var tooLarge = AppendAsync("1");
        var fine = AppendAsync("2");
        await _server.SeenAsync("XADD");
        await _server.SendAsync("-ERR Elements are too large to be stored\r\n" + Stored);

        await Assert.ThrowsAsync<RecordRefusedException>(() => tooLarge.WaitAsync(ScriptedRedis.Patience));
        await fine.WaitAsync(ScriptedRedis.Patience);
        Assert.False(_session.Ended.IsCompleted);
    }

    [Fact]
    public async Task Who_closes_it_fails_what_is_not_answered()
    {
        var append = AppendAsync("1");
        await _session.DisposeAsync();
        Assert.EndsWith("was closed here", (await Assert.ThrowsAsync<BrokerDownException>(() => append)).Message, StringComparison.Ordinal);
        Assert.True(_session.Ended.IsCompletedSuccessfully);
    }

    private Task AppendAsync(string body) => _session.AppendAsync(new("audio", "int-1", [], "audio", System.Text.Encoding.UTF8.GetBytes(body)));

    /// <summary>What is on its way when the clock begins to move counts as moving, so the end comes a second after that; never earlier.</summary>
    private async Task AdvanceUntilEndedAsync()
    {
        _clock.Advance(RedisSession.DeadAfter - TimeSpan.FromMilliseconds(1));
        Assert.False(_session.Ended.IsCompleted);
        while (!_session.Ended.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }
    }
}
