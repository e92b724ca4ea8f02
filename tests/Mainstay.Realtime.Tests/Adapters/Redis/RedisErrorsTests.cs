using Mainstay.Realtime.Adapters.Redis;

namespace Mainstay.Realtime.Tests.Adapters.Redis;

public sealed class RedisErrorsTests
{
    private static readonly RedisOptions Options = new("cache", Password: "hunter2");

    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory", "is still loading its data")]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", "has no memory left")]
    [InlineData("MISCONF Redis is configured to save RDB snapshots", "cannot save to its disk")]
    [InlineData("READONLY You can't write against a read only replica.", "is a replica")]
    [InlineData("NOREPLICAS Not enough good replicas to write.", "too few replicas")]
    [InlineData("CLUSTERDOWN Hash slot not served", "cluster that is down")]
    [InlineData("MOVED 3999 127.0.0.1:6381", "keeps stream \"audio\" on another node")]
    [InlineData("NOAUTH Authentication required.", "asks for a password")]
    [InlineData("WRONGPASS invalid username-password pair", "refused the user or the password")]
    [InlineData("NOPERM No permissions to access a key", "does not permit its user to write stream \"audio\"")]
    [InlineData("WRONGTYPE Operation against a key", "under the key of stream \"audio\"; delete or rename it")]
    [InlineData("ERR something new", "refused a command")]
    public void What_somebody_has_to_set_right_is_the_brokers_and_not_the_records(string error, string cause)
    {
        Assert.False(RedisErrors.ConcernsTheRecordOnly(error));
        Assert.Contains(cause, RedisErrors.Explain(error, Options, "audio"), StringComparison.Ordinal);
        Assert.StartsWith("redis at cache:6379 ", RedisErrors.Explain(error, Options, "audio"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ERR Elements are too large to be stored")]
    [InlineData("ERR the string is too big")]
    public void Only_a_size_is_the_records_own(string error) => Assert.True(RedisErrors.ConcernsTheRecordOnly(error));

    [Theory]
    [InlineData("ERR unknown command 'AUTH', with args beginning with: 'app' 'hunter2'", "ERR unknown command 'AUTH'")]
    [InlineData("ERR what is hunter2\u001b[31m?", "ERR what is *** [31m?")]
    public void What_the_server_says_is_repeated_without_what_we_sent(string error, string clean) => Assert.Equal(clean, RedisErrors.Clean(error, Options));

    [Fact]
    public void What_the_server_says_is_cut() => Assert.Equal(201, RedisErrors.Clean(new string('x', 5000), Options).Length);
}
