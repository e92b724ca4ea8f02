using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;

namespace Mainstay.Bench.EdgeCost;

/// <summary>What all proxies of one run share: a folder, one upstream that costs almost nothing, and one certificate.</summary>
internal sealed class Site : IAsyncDisposable
{
    private Child? _upstream;

    public string Folder { get; } = Directory.CreateTempSubdirectory("edge-").FullName;

    public int Upstream { get; } = FreePort.Take();

    public string Certificate => Path.Combine(Folder, "cert.pem");

    public string Key => Path.Combine(Folder, "key.pem");

    /// <summary>nginx's configuration of a one-worker upstream on this port.</summary>
    public string UpstreamConfiguration(int port) => Write($"upstream-{port}.conf", $$"""
        worker_processes 1; daemon off; error_log /dev/null; pid {{Folder}}/upstream-{{port}}.pid;
        events { worker_connections 4096; }
        http { access_log off; keepalive_requests 100000000;
          server { listen 127.0.0.1:{{port}}; location / { return 200 "hello world"; } } }
        """);

    public async Task StartAsync()
    {
        MakeCertificate();
        _upstream = Child.Start("nginx", ["-c", UpstreamConfiguration(Upstream), "-p", Folder], Folder, []);
        await Eventually.TrueAsync("the upstream listens", () => !FreePort.IsFree(Upstream));
    }

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        _upstream?.Send(Signal.Term);
        await Eventually.TrueAsync("the upstream is gone", () => _upstream?.HasExited != false);
        Directory.Delete(Folder, recursive: true);
    }

    private void MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(Key, key.ExportECPrivateKeyPem() + "\n");
        File.SetUnixFileMode(Key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
