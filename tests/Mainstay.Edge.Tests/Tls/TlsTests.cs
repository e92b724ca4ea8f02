using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Mainstay.Edge.Tests.Harness;

namespace Mainstay.Edge.Tests.Tls;

public sealed class TlsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mainstay-tls-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_name_chooses_the_certificate_and_a_new_stamp_replaces_it_without_a_restart()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartBareAsync(tls: true);
        var snapshot = edge.Snapshot(("web", [upstream.Port]));
        var wild = TestCertificate.Create(_directory, "*.example.test");
        await edge.ApplyAsync(snapshot with { Certificates = [TestCertificate.Create(_directory, "first.test"), wild] });
        Assert.Equal("CN=*.example.test.1", await SubjectAsync(edge, "www.example.test"));
        Assert.Equal("CN=first.test.1", await SubjectAsync(edge, "unknown.test"));
        var open = await ConnectAsync(edge, "www.example.test");
        await edge.ApplyAsync(snapshot with { Certificates = [TestCertificate.Create(_directory, "*.example.test", "2")] });
        Assert.Equal("CN=*.example.test.2", await SubjectAsync(edge, "www.example.test"));

        // A connection that was open stays open.
        await using (open)
        {
            await open.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());
            Assert.EndsWith("ok", await new StreamReader(open).ReadToEndAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("https", RawConnection.Field(Assert.Single(upstream.Heads), "X-Forwarded-Proto"));
    }

    [Fact]
    public async Task A_broken_file_leaves_the_certificate_before_in_force()
    {
        await using var edge = await EdgeUnderTest.StartBareAsync(tls: true);
        var good = TestCertificate.Create(_directory, "a.test");
        var snapshot = edge.Snapshot(("web", []));
        await edge.ApplyAsync(snapshot with { Certificates = [good] });
        var other = TestCertificate.Create(_directory, "b.test");
        await edge.ApplyAsync(snapshot with { Certificates = [good with { KeyFile = other.KeyFile, Stamp = "2" }] });
        Assert.Equal("CN=a.test.1", await SubjectAsync(edge, "a.test"));
        Assert.Contains(edge.Log, line => line.Contains("the certificate for a.test cannot be used, the one before stays", StringComparison.Ordinal));
    }

    [Fact]
    public async Task HTTP2_in_is_HTTP1_upstream_with_trailers_cookies_and_bodies()
    {
        await using var upstream = new RawUpstream(async connection =>
        {
            while (await connection.ReadRequestAsync() is not null)
            {
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 42\r\n\r\n");
            }
        });
        await using var edge = await EdgeUnderTest.StartBareAsync(tls: true);
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])) with { Certificates = [TestCertificate.Create(_directory, "a.test")] });
        using var client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"https://127.0.0.1:{edge.TlsPort}/a%2Fb?x=1")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent("body"),
        };
        request.Headers.Host = "a.test";
        request.Headers.TryAddWithoutValidation("Cookie", "a=1");
        request.Headers.TE.Add(new("trailers"));
        using var response = await client.SendAsync(request);
        Assert.Equal("hello", await response.Content.ReadAsStringAsync());
        Assert.Equal("42", response.TrailingHeaders.GetValues("X-Sum").Single());
        var head = Assert.Single(upstream.Heads);
        Assert.StartsWith("POST /a%2Fb?x=1 HTTP/1.1\r\nHost: a.test\r\n", head, StringComparison.Ordinal);
        Assert.Equal(("a=1", "trailers", "4"), (RawConnection.Field(head, "Cookie"), RawConnection.Field(head, "TE"), RawConnection.Field(head, "Content-Length")));
        Assert.Equal("body", Assert.Single(upstream.Bodies));
    }

    [Fact]
    public async Task A_WebSocket_over_HTTP2_is_one_over_HTTP1_upstream()
    {
        await using var upstream = WebSocketUpstream.Echo();
        await using var edge = await EdgeUnderTest.StartBareAsync(tls: true);
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])) with { Certificates = [TestCertificate.Create(_directory, "a.test")] });
        using var invoker = new HttpMessageInvoker(Handler());
        using var client = new System.Net.WebSockets.ClientWebSocket();
        client.Options.HttpVersion = HttpVersion.Version20;
        client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await client.ConnectAsync(new Uri($"wss://127.0.0.1:{edge.TlsPort}/"), invoker, CancellationToken.None);
        await client.SendAsync("hello"u8.ToArray(), System.Net.WebSockets.WebSocketMessageType.Text, true, CancellationToken.None);
        var buffer = new byte[100];
        var received = await client.ReceiveAsync(buffer, CancellationToken.None);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, received.Count));
        Assert.Contains("Upgrade: websocket\r\n", Assert.Single(upstream.Heads), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draining_worker_says_GOAWAY_and_finishes_open_streams()
    {
        var go = new TaskCompletionSource();
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await go.Task;
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
        });
        await using var edge = await EdgeUnderTest.StartBareAsync(tls: true);
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])) with { Certificates = [TestCertificate.Create(_directory, "a.test")] });
        using var client = Client();
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var response = client.GetStringAsync(new Uri($"https://127.0.0.1:{edge.TlsPort}/"));
        await upstream.FirstRequest;

        await edge.Daemon.SendAsync(new(Drain: new(0, 10, 0)));
        await edge.UntilAsync(e => e.IsDraining);
        go.SetResult();
        Assert.Equal("done", await response);
        await edge.Running.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static async Task<SslStream> ConnectAsync(EdgeUnderTest edge, string name)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, edge.TlsPort);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name, RemoteCertificateValidationCallback = SelfSigned, AllowTlsResume = false });
        return stream;
    }

    private static async Task<string> SubjectAsync(EdgeUnderTest edge, string name)
    {
        await using var stream = await ConnectAsync(edge, name);
        return stream.RemoteCertificate!.Subject;
    }

    private static SocketsHttpHandler Handler() => new()
    {
        SslOptions = new() { RemoteCertificateValidationCallback = SelfSigned },
        ActivityHeadersPropagator = null,
    };

    private static HttpClient Client() => new(Handler());

    // The certificates are self-signed; who they belong to is what the tests look at.
    private static bool SelfSigned(object sender, System.Security.Cryptography.X509Certificates.X509Certificate? certificate, System.Security.Cryptography.X509Certificates.X509Chain? chain, SslPolicyErrors errors) => certificate is not null && certificate.Subject == certificate.Issuer;
}
