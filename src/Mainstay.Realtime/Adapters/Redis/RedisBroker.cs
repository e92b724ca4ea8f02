using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Mainstay.Realtime.Adapters.Redis;

/// <summary>Redis Streams, spoken to in RESP2 over one connection per session.</summary>
public sealed class RedisBroker(RedisOptions options, TimeProvider time) : IBroker
{
    /// <summary>For the name and TCP: whoever is not reached is tried again soon, rather than waited for.</summary>
    public static TimeSpan ReachLimit { get; } = TimeSpan.FromSeconds(1);

    /// <summary>For TLS, login and questions: a server that is there and slow answers no sooner when it is asked again from the beginning.</summary>
    public static TimeSpan AnswerLimit { get; } = TimeSpan.FromSeconds(5);

    public string Name => "redis_streams";

    /// <inheritdoc/>
    public async Task<IBrokerSession> ConnectAsync(CancellationToken token)
    {
        var within = ReachLimit;
        using var limit = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, limit.Token);
        Stream? stream = null;
        try
        {
            stream = await OpenAsync(either.Token);
            within = AnswerLimit;
            limit.CancelAfter(within);
            stream = options.Tls ? await EncryptAsync(stream, either.Token) : stream;
            var reader = new RespReader();
            var welcome = await RedisHandshake.RunAsync(stream, reader, options, either.Token);
            var session = RedisSession.Start(stream, reader, options, welcome, time);
            stream = null;
            return session;
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            throw new BrokerDownException($"redis at {options.Endpoint} did not answer within {within.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or RespException)
        {
            throw new BrokerDownException($"redis at {options.Endpoint} cannot be reached: {e.Message}", e);
        }
        finally
        {
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }
        }
    }

    /// <summary>Nothing is held here: each session ends by itself or by whoever has it.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A connection on which nothing has been said yet.</summary>
    internal async Task<Stream> DialAsync(CancellationToken token) => options.Tls ? await EncryptAsync(await OpenAsync(token), token) : await OpenAsync(token);

    private async Task<Stream> OpenAsync(CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> EncryptAsync(Stream plain, CancellationToken token)
    {
        var tls = new SslStream(plain);
        var how = new SslClientAuthenticationOptions { TargetHost = options.Host };
        if (!options.Authorities.IsEmpty)
        {
            // Revocation is not asked for, as with the system's authorities: the lists of a private one are nowhere to be had.
            how.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            how.CertificateChainPolicy.CustomTrustStore.AddRange(options.Authorities.ToArray());
        }

        try
        {
            await tls.AuthenticateAsClientAsync(how, token);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }
}
