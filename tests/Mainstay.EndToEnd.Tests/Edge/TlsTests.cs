using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Edge;

public sealed class TlsTests
{
    private readonly int _port = FreePort.Take();

    private async Task<MainstayHome> UpAsync()
    {
        var home = MainstayHome.Create($$"""
            stack: tls
            edge:
              listen: [ "https://127.0.0.1:{{_port}}" ]
              certificates:
                - { host: "*.example.com", cert: wild.pem, key: wild.key }
                - { host: shop.example.org, cert: shop.pem, key: shop.key }
            services: { web: { command: {{TestServices.Node}}, healthcheck: {{TestServices.Quick}} } }
            routes: [ { path: /, service: web } ]

            """);
        Issue(home, "wild", "*.example.com");
        Issue(home, "shop", "shop.example.org");
        await home.UpAsync();
        return home;
    }

    [Fact]
    public async Task The_certificate_is_chosen_by_the_name_that_the_client_asks_for()
    {
        await using var home = await UpAsync();

        Assert.Equal("CN=*.example.com", (await GreetAsync("api.example.com")).Subject);
        Assert.Equal("CN=shop.example.org", (await GreetAsync("shop.example.org")).Subject);
    }

    [Fact]
    public async Task A_renewed_certificate_is_used_without_a_restart_and_without_a_word()
    {
        await using var home = await UpAsync();
        var before = (await home.StatusAsync()).Pids.ToArray();
        var old = (await GreetAsync("shop.example.org")).Thumbprint;

        Issue(home, "shop", "shop.example.org");

        await Eventually.BecomesAsync("the new certificate is served", async () => (await GreetAsync("shop.example.org")).Thumbprint, print => print != old);
        Assert.Equal(before, (await home.StatusAsync()).Pids);
    }

    [Fact]
    public async Task Http2_is_offered_and_the_service_is_told_https()
    {
        await using var home = await UpAsync();
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) => new NetworkStream(await ConnectAsync(_port, cancel), ownsSocket: true),
            SslOptions = { CertificateChainPolicy = Trusting(Path.Combine(home.Folder, "shop.pem")) },
        };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://shop.example.org:{_port}/headers") { Version = HttpVersion.Version20 };

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Contains("\"x-forwarded-proto\":\"https\"", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static X509ChainPolicy Trusting(string certificate) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(certificate) },
        RevocationMode = X509RevocationMode.NoCheck,
    };

    /// <summary>Shakes hands and returns what the server showed, trusted or not.</summary>
    private async Task<X509Certificate2> GreetAsync(string name)
    {
        X509Certificate2? shown = null;
        await using var tls = new SslStream(new NetworkStream(await ConnectAsync(_port, TestContext.Current.CancellationToken), ownsSocket: true));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => (shown = certificate is null ? null : new X509Certificate2(certificate)) is not null,
        };
        await tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
        return shown!;
    }

    private static async Task<Socket> ConnectAsync(int port, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancel);
        return socket;
    }

    private static void Issue(MainstayHome home, string file, string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        home.Write($"{file}.pem", certificate.ExportCertificatePem());
        home.Write($"{file}.key", key.ExportECPrivateKeyPem(), 0b110_000_000);
    }
}
