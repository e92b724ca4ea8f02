using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mainstay.Harness.Network;
using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Adapters.Redis;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>Passwords, ACL users, databases and TLS of a real Redis, and what it says of its own persistence.</summary>
public sealed class RedisLoginTests
{
    private readonly string _password = RandomNumberGenerator.GetHexString(24);

    [Fact]
    public async Task A_password_is_needed_and_enough()
    {
        await using var redis = await RunningRedis.StartAsync("--requirepass", _password);

        Assert.Contains("asks for a password", await DownAsync($"redis://127.0.0.1:{redis.Port}"), StringComparison.Ordinal);
        Assert.Contains("refused the user or the password", await DownAsync($"redis://:no{_password}@127.0.0.1:{redis.Port}"), StringComparison.Ordinal);
        await using var session = await ConnectAsync($"redis://:{_password}@127.0.0.1:{redis.Port}");
        await session.AppendAsync(Record);
    }

    [Fact]
    public async Task An_acl_user_needs_no_more_rights_than_to_append()
    {
        await using var redis = await RunningRedis.StartAsync("--user", "app", "on", $">{_password}", "~audio*", "+xadd", "+ping");
        await using var session = await ConnectAsync($"redis://app:{_password}@127.0.0.1:{redis.Port}");

        await session.AppendAsync(Record);

        Assert.Contains("does not tell whether it keeps anything across its restart", session.Warning, StringComparison.Ordinal);
        var denied = await Assert.ThrowsAsync<BrokerDownException>(() => session.AppendAsync(Record with { Topic = "other" }));
        Assert.Contains("does not permit its user to write stream \"other\"", denied.Message, StringComparison.Ordinal);
        Assert.Contains("refused the user or the password", await DownAsync($"redis://other:{_password}@127.0.0.1:{redis.Port}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_acl_user_without_the_right_to_append_is_told_at_once()
    {
        await using var redis = await RunningRedis.StartAsync("--user", "app", "on", $">{_password}", "~*", "+ping", "+info");
        Assert.Contains("does not permit its user", await DownAsync($"redis://app:{_password}@127.0.0.1:{redis.Port}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_database_of_the_url_is_written_to()
    {
        await using var redis = await RunningRedis.StartAsync();
        await using var session = await ConnectAsync($"redis://127.0.0.1:{redis.Port}/5");
        await session.AppendAsync(Record);

        Assert.Equal(0L, await redis.AskAsync("XLEN", "audio"));
        await redis.AskAsync("SWAPDB", "0", "5");
        Assert.Equal(1L, await redis.AskAsync("XLEN", "audio"));
        Assert.Contains("DB index is out of range", await DownAsync($"redis://127.0.0.1:{redis.Port}/5000"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no", "", "keeps nothing across its restart (appendonly no)")]
    [InlineData("no", "3600 1", "keeps only snapshots across its restart (appendonly no, save 3600 1)")]
    [InlineData("yes", "", null)]
    public async Task What_does_not_survive_a_restart_is_warned_of(string appendOnly, string save, string? warning)
    {
        await using var redis = await RunningRedis.StartAsync("--appendonly", appendOnly, "--save", save);
        await using var session = await ConnectAsync($"redis://127.0.0.1:{redis.Port}");
        Assert.Equal(warning is null, session.Warning.Length == 0);
        Assert.Contains(warning ?? "", session.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_is_spoken_to_whom_the_authority_vouches_for_and_to_nobody_else()
    {
        var folder = Directory.CreateTempSubdirectory("mainstay-redis-tls-").FullName;
        using var authority = Issue(folder);
        var port = FreePort.Take();
        await using var redis = await RunningRedis.InAsync(
            folder,
            "--bind", "127.0.0.1", "127.0.0.2", "--tls-port", port.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", Path.Combine(folder, "redis.pem"), "--tls-key-file", Path.Combine(folder, "redis.key"),
            "--tls-ca-cert-file", Path.Combine(folder, "ca.pem"), "--tls-auth-clients", "no", "--requirepass", _password);

        foreach (var host in (string[])["localhost", "127.0.0.1"])
        {
            await using var session = await ConnectAsync($"rediss://:{_password}@{host}:{port}", authority);
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => session.AppendAsync(Record)));
        }

        Assert.Contains("cannot be reached", await DownAsync($"rediss://:{_password}@localhost:{port}"), StringComparison.Ordinal);
        Assert.Contains("RemoteCertificateNameMismatch", await DownAsync($"rediss://:{_password}@127.0.0.2:{port}", authority), StringComparison.Ordinal);
    }

    private static StreamRecord Record => new("audio", "int-1", [], "audio", new byte[3200]);

    private static async Task<IBrokerSession> ConnectAsync(string url, X509Certificate2? authority = null)
    {
        Assert.True(RedisOptions.TryParse(url, out var options, out var problem), problem);
        return await new RedisBroker(authority is null ? options : options with { Authorities = [authority] }, TimeProvider.System).ConnectAsync(CancellationToken.None);
    }

    private async Task<string> DownAsync(string url, X509Certificate2? authority = null)
    {
        var down = await Assert.ThrowsAsync<BrokerDownException>(() => ConnectAsync(url, authority));
        Assert.DoesNotContain(_password, down.ToString(), StringComparison.Ordinal);
        return down.Message;
    }

    /// <summary>An authority, and what it says of localhost and 127.0.0.1.</summary>
    private static X509Certificate2 Issue(string folder)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var root = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", root, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var issuer = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        var server = new CertificateRequest("CN=redis", key, HashAlgorithmName.SHA256);
        server.CertificateExtensions.Add(names.Build());
        using var certificate = server.Create(issuer, now.AddDays(-1), now.AddDays(29), RandomNumberGenerator.GetBytes(8));

        File.WriteAllText(Path.Combine(folder, "ca.pem"), issuer.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "redis.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "redis.key"), key.ExportECPrivateKeyPem());
        return X509CertificateLoader.LoadCertificate(issuer.RawData);
    }
}
