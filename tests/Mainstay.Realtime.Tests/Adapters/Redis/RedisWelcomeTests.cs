using System.Text;
using Mainstay.Realtime.Adapters.Redis;

namespace Mainstay.Realtime.Tests.Adapters.Redis;

public sealed class RedisWelcomeTests
{
    [Theory]
    [InlineData("yes", "", null, "")]
    [InlineData("yes", "3600 1", "aof_enabled:1", "")]
    [InlineData("no", "", null, "redis at cache:1 keeps nothing across its restart (appendonly no): what it confirmed can be lost with it")]
    [InlineData("no", "3600 1 300 100", null, "redis at cache:1 keeps only snapshots across its restart (appendonly no, save 3600 1 300 100): what it confirmed since the last one can be lost with it")]
    [InlineData(null, null, "# Persistence\r\naof_enabled:1\r\n", "")]
    [InlineData(null, null, "# Persistence\r\naof_enabled:0\r\n", "redis at cache:1 keeps snapshots at most across its restart (appendonly no): what it confirmed since the last one can be lost with it")]
    [InlineData(null, null, null, "redis at cache:1 does not tell whether it keeps anything across its restart (CONFIG and INFO are not permitted): what it confirmed may be lost with it")]
    public void What_a_restart_would_lose_is_said(string? appendOnly, string? save, string? persistence, string warning) =>
        Assert.Equal(warning, RedisWelcome.WarningFor("cache:1", appendOnly, save, persistence));

    [Theory]
    [InlineData("redis_version:6.0.16\r\nrole:master\r\n", "redis at cache:1 is version 6.0.16; retention by time (XADD … MINID) needs 6.2 or newer")]
    [InlineData("redis_version:7.0.15\r\nrole:slave\r\n", "redis at cache:1 is a replica: what is written to it is thrown away or refused; the primary is needed")]
    [InlineData("redis_version:6.2.0\r\nrole:master\r\n", "")]
    [InlineData("redis_version:7.4\r\n", "")]
    [InlineData("redis_version:unstable\r\n", "")]
    [InlineData(null, "")]
    public void A_server_that_cannot_be_used_is_named(string? info, string problem) => Assert.Equal(problem, RedisWelcome.ProblemOf("cache:1", info));

    [Fact]
    public void The_servers_time_is_seconds_and_microseconds()
    {
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_732_000_000_500), RedisWelcome.Time(RespReply.Of([Bulk("1732000000"), Bulk("500000")])));
        Assert.Null(RedisWelcome.Time(RespReply.Of(RespKind.Error, "NOPERM"u8.ToArray())));
        Assert.Null(RedisWelcome.Time(RespReply.Of([Bulk("x"), Bulk("1")])));
        Assert.Null(RedisWelcome.Time(RespReply.Of([Bulk("9999999999999"), Bulk("1")])));
    }

    private static RespReply Bulk(string text) => RespReply.Of(RespKind.Bulk, Encoding.UTF8.GetBytes(text));
}
