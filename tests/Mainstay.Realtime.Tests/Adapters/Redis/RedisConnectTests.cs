using System.Net;
using System.Net.Sockets;
using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Adapters.Redis;
using Mainstay.Testing;

namespace Mainstay.Realtime.Tests.Adapters.Redis;

public sealed class RedisConnectTests
{
    private readonly ManualTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(50));

    [Fact]
    public async Task A_healthy_server_is_connected_to_without_a_warning()
    {
        await using var server = new ScriptedRedis();
        await using var session = await ConnectAsync(server.Options);

        Assert.Equal(("", "", false), (session.Warning, session.Because, session.Ended.IsCompleted));
    }

    [Theory]
    [InlineData(null, "hunter2", 0, "AUTH hunter2|PING")]
    [InlineData("app", "hunter2", 3, "AUTH app hunter2|SELECT 3|PING")]
    [InlineData(null, null, 3, "SELECT 3|PING")]
    public async Task It_logs_in_and_chooses_its_database_before_anything_else(string? user, string? password, int database, string words)
    {
        await using var server = new ScriptedRedis();
        await using var session = await ConnectAsync(server.Options with { User = user, Password = password, Database = database });

        foreach (var command in words.Split('|'))
        {
            Assert.Equal(command, string.Join(' ', await server.SeenAsync(command.Split(' ')[0])));
        }
    }

    [Theory]
    [InlineData("PING", "-LOADING Redis is loading the dataset in memory\r\n", "is still loading its data: LOADING Redis is loading the dataset in memory")]
    [InlineData("PING", "-MISCONF Errors writing to the AOF file: No space left on device\r\n", "cannot save to its disk: MISCONF Errors writing to the AOF file: No space left on device")]
    [InlineData("PING", "-NOAUTH Authentication required.\r\n", "asks for a password")]
    [InlineData("PING", "-DENIED Redis is running in protected mode\r\n", "refused a command: DENIED Redis is running in protected mode")]
    [InlineData("AUTH", "-WRONGPASS invalid username-password pair or user is disabled.\r\n", "refused the user or the password")]
    [InlineData("AUTH", "-ERR max number of clients reached\r\n", "ERR max number of clients reached")]
    [InlineData("AUTH", "-ERR unknown command 'AUTH', with args beginning with: 'app' 'hunter2'\r\n", "ERR unknown command 'AUTH'")]
    [InlineData("SELECT", "-ERR DB index is out of range\r\n", "DB index is out of range")]
    [InlineData("XADD", "-OOM command not allowed when used memory > 'maxmemory'.\r\n", "has no memory left")]
    [InlineData("XADD", "-READONLY You can't write against a read only replica.\r\n", "is a replica and takes no writes")]
    [InlineData("XADD", "-CLUSTERDOWN Hash slot not served\r\n", "belongs to a cluster that is down")]
    [InlineData("XADD", "-NOPERM this user has no permissions to run the 'xadd' command\r\n", "does not permit its user")]
    [InlineData("XADD", "-ERR Invalid stream ID specified as stream command argument\r\n", "6.2 or newer is needed")]
    [InlineData("INFO", "$22\r\nredis_version:6.0.16\r\n\r\n", "is version 6.0.16; retention by time (XADD … MINID) needs 6.2 or newer")]
    [InlineData("PING", "HTTP/1.1 400 Bad Request\r\n\r\n", "a reply begins with the byte 0x48, which the protocol does not have")]
    [InlineData("PING", "$99999999\r\n", "a reply is larger than 16 MiB")]
    public async Task Who_cannot_store_anything_is_down(string command, string answer, string cause)
    {
        await using var server = new ScriptedRedis(words => words[0] == command ? answer : null);

        var down = await Assert.ThrowsAsync<BrokerDownException>(() => ConnectAsync(server.Options with { User = "app", Password = "hunter2", Database = 1 }));

        Assert.StartsWith($"redis at 127.0.0.1:{server.Port} ", down.Message, StringComparison.Ordinal);
        Assert.Contains(cause, down.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", down.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-NOPERM this user has no permissions to access one of the keys used as arguments\r\n")]
    [InlineData("-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")]
    public async Task What_concerns_the_key_of_the_probe_only_is_no_obstacle(string answer)
    {
        await using var server = new ScriptedRedis(words => words[0] == "XADD" ? answer : null);
        await using var session = await ConnectAsync(server.Options);

        Assert.False(session.Ended.IsCompleted);
    }

    [Fact]
    public async Task Whoever_may_ask_nothing_is_still_told_what_can_be_known()
    {
        await using var server = new ScriptedRedis(words => words[0] is "CONFIG" or "INFO" or "TIME" ? "-NOPERM this user has no permissions to run the command\r\n" : null);
        await using var session = await ConnectAsync(server.Options);

        Assert.Contains("does not tell whether it keeps anything", session.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_accepts_and_is_silent_is_given_five_seconds()
    {
        await using var server = new ScriptedRedis(_ => ScriptedRedis.Silence);
        var connecting = ConnectAsync(server.Options);
        await server.SeenAsync("PING");

        _clock.Advance(TimeSpan.FromMilliseconds(4999));
        Assert.False(connecting.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.EndsWith("did not answer within 5 s", (await Assert.ThrowsAsync<BrokerDownException>(() => connecting.WaitAsync(ScriptedRedis.Patience))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_no_longer_wants_to_connect_is_not_told_that_the_broker_is_down()
    {
        await using var server = new ScriptedRedis(_ => ScriptedRedis.Silence);
        using var cancel = new CancellationTokenSource();
        var connecting = new RedisBroker(server.Options, _clock).ConnectAsync(cancel.Token);
        await server.SeenAsync("PING");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(ScriptedRedis.Patience));
    }

    [Fact]
    public async Task Nobody_there_is_said_at_once()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        var down = await Assert.ThrowsAsync<BrokerDownException>(() => ConnectAsync(new("127.0.0.1", port)));

        Assert.Equal($"redis at 127.0.0.1:{port} cannot be reached: Connection refused", down.Message);
    }

    private Task<IBrokerSession> ConnectAsync(RedisOptions options) => new RedisBroker(options, _clock).ConnectAsync(CancellationToken.None);
}
