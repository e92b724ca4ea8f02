using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using static Mainstay.Preflight.Tests.Shop;

namespace Mainstay.Preflight.Tests;

public sealed class CertificateCheckTests
{
    private const string Yaml =
        "stack: shop\nedge: { listen: [ \"https://127.0.0.1:8443\" ], certificates: [ { host: \"*.example.com\", cert: tls/cert.pem, key: tls/key.pem } ] }\nservices: { api: { directory: api, command: [ node, server.js ], port: auto } }\nroutes: [ { path: /, service: api } ]\n";

    private readonly FakeHost _host = NewHost();

    [Theory]
    [InlineData("*.example.com", -100, 100, "")]
    [InlineData("api.example.com", -100, 100, "MS3034")]
    [InlineData("*.example.com", -100, -1, "MS3032")]
    [InlineData("*.example.com", 1, 100, "MS3032")]
    [InlineData("*.example.com", -100, 10, "MS3033")]
    public void A_certificate_must_be_in_its_time_and_for_its_host(string name, int fromDay, int untilDay, string codes)
    {
        var (certificate, key) = Make(name, fromDay, untilDay);
        Put(certificate, key);

        Assert.Equal(codes, Ids(Check(Stack(Yaml), _host).Problems));
    }

    [Fact]
    public void A_key_of_another_certificate_is_told()
    {
        Put(Make("*.example.com", -1, 100).Certificate, Make("*.example.com", -1, 100).Key);

        Assert.Equal("MS3031", Ids(Check(Stack(Yaml), _host).Problems));
    }

    [Fact]
    public void Files_that_are_missing_or_swapped_are_told_one_by_one()
    {
        Assert.Equal("MS3030 MS3030", Ids(Check(Stack(Yaml), _host).Problems));

        var (certificate, key) = Make("*.example.com", -1, 100);
        Put(key, certificate);
        Assert.Contains("holds no certificate", Check(Stack(Yaml), _host).Problems[0].What, StringComparison.Ordinal);

        Put(certificate, "not a key");
        Assert.Contains("is not PEM", Check(Stack(Yaml), _host).Problems[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_everybody_can_read_is_a_warning()
    {
        var (certificate, key) = Make("*.example.com", -1, 100);
        Put(certificate, key);
        _host.AddFile("/srv/shop/tls/key.pem", 0b110_100_100, key);

        Assert.Equal("MS3035", Ids(Check(Stack(Yaml), _host).Problems));
    }

    [Fact]
    public void The_folder_of_the_error_pages_must_be_there()
    {
        var yaml = Yaml.Replace("certificates", "error_pages: errors/, certificates", StringComparison.Ordinal);
        var (certificate, key) = Make("*.example.com", -1, 100);
        Put(certificate, key);

        Assert.Equal("MS3036", Ids(Check(Stack(yaml), _host).Problems));
        _host.AddFolder("/srv/shop/errors");
        Assert.Empty(Check(Stack(yaml), _host).Problems);
    }

    private void Put(string certificate, string key)
    {
        _host.AddFolder("/srv/shop/tls");
        _host.AddFile("/srv/shop/tls/cert.pem", 0b110_100_100, certificate);
        _host.AddFile("/srv/shop/tls/key.pem", 0b110_000_000, key);
    }

    private static (string Certificate, string Key) Make(string name, int fromDay, int untilDay)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(Noon.AddDays(fromDay), Noon.AddDays(untilDay));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
