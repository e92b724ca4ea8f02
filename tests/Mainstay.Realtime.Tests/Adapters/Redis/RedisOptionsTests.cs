using Mainstay.Realtime.Adapters.Redis;

namespace Mainstay.Realtime.Tests.Adapters.Redis;

public sealed class RedisOptionsTests
{
    [Theory]
    [InlineData("redis://cache", "cache", 6379, null, null, 0, false)]
    [InlineData("redis://cache/", "cache", 6379, null, null, 0, false)]
    [InlineData("REDIS://Cache:6390/12", "cache", 6390, null, null, 12, false)]
    [InlineData("rediss://cache.example.com", "cache.example.com", 6379, null, null, 0, true)]
    [InlineData("redis://:hunter2@127.0.0.1:1", "127.0.0.1", 1, null, "hunter2", 0, false)]
    [InlineData("redis://app:hunter2@cache/3", "cache", 6379, "app", "hunter2", 3, false)]
    [InlineData("redis://app@cache", "cache", 6379, "app", "", 0, false)]
    [InlineData("redis://app:@cache", "cache", 6379, "app", "", 0, false)]
    [InlineData("redis://:@cache", "cache", 6379, null, null, 0, false)]
    [InlineData("redis://a%3Ab:p%40s%2Fs%3a%23%25@cache", "cache", 6379, "a:b", "p@s/s:#%", 0, false)]
    [InlineData("redis://app:one:two@cache", "cache", 6379, "app", "one:two", 0, false)]
    [InlineData("rediss://[::1]:6390/1", "::1", 6390, null, null, 1, true)]
    public void A_url_says_where_and_how(string url, string host, int port, string? user, string? password, int database, bool tls)
    {
        Assert.True(RedisOptions.TryParse(url, out var options, out var problem), problem);
        Assert.Equal((host, port, user, password, database, tls), (options.Host, options.Port, options.User, options.Password, options.Database, options.Tls));
        Assert.Equal(TimeSpan.FromMinutes(10), options.Retention);
        Assert.Empty(problem);
    }

    [Theory]
    [InlineData("", "cannot be read")]
    [InlineData("cache:6379", "another scheme")]
    [InlineData("hunter2", "cannot be read")]
    [InlineData("http://:hunter2@cache", "another scheme")]
    [InlineData("redis://", "has no host")]
    [InlineData("redis:///0", "has no host")]
    [InlineData("redis://:hunter2@/0", "cannot be read")]
    [InlineData("redis://:hunter2@cache:99999", "cannot be read")]
    [InlineData("redis://:hunter2@cache:0", "port 0")]
    [InlineData("redis://:hunter2@cache/hunter2", "no number")]
    [InlineData("redis://:hunter2@cache/-1", "no number")]
    [InlineData("redis://:hunter2@cache/1/2", "no number")]
    [InlineData("redis://:hunter2@cache/99999999999", "no number")]
    [InlineData("redis://cache?password=hunter2", "a ? or #")]
    [InlineData("redis://:hun#ter2@cache", "")]
    [InlineData("redis://:hun/hunter2@cache", "")]
    public void A_url_that_says_something_else_is_refused_without_repeating_it(string url, string cause)
    {
        Assert.False(RedisOptions.TryParse(url, out _, out var problem));
        Assert.StartsWith("the URL of redis", problem, StringComparison.Ordinal);
        Assert.Contains(cause, problem, StringComparison.Ordinal);
        Assert.Contains("redis://[user[:password]@]host[:port][/database]", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void As_text_it_has_no_secret()
    {
        Assert.True(RedisOptions.TryParse("rediss://app:hunter2@[::1]:6390/4", out var options, out _));
        Assert.Equal("rediss://[::1]:6390/4", options.ToString());
        Assert.Equal("rediss://[::1]:6390/4", $"{options}");
    }
}
