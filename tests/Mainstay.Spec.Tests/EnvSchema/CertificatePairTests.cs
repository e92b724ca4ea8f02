using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Model;
using static Mainstay.Spec.Tests.EnvSchema.EnvSchemaFixture;

namespace Mainstay.Spec.Tests.EnvSchema;

public sealed class CertificatePairTests
{
    private static readonly (string Certificate, string Key) One = Pair();
    private static readonly (string Certificate, string Key) Two = Pair();

    [Fact]
    public void A_certificate_and_its_key_pass_and_strangers_do_not()
    {
        var schema = Schema(
            Rule("SSL_CERT", EnvType.Pem) with { TogetherWith = ["SSL_KEY"] },
            Rule("SSL_KEY", EnvType.Pem) with { TogetherWith = ["SSL_CERT"] });

        Assert.Empty(EnvSchemaEvaluator.Check(schema, Env($"SSL_CERT={One.Certificate}", $"SSL_KEY={One.Key}"), Context));
        Assert.Equal("MS2023", Ids(EnvSchemaEvaluator.Check(schema, Env($"SSL_CERT={One.Certificate}", $"SSL_KEY={Two.Key}"), Context)));
    }

    [Fact]
    public void Files_named_by_variables_are_compared_too()
    {
        var schema = Schema(Rule("SSL_CERT_PATH", EnvType.File) with { TogetherWith = ["SSL_KEY_PATH"] }, Rule("SSL_KEY_PATH", EnvType.File));
        var context = Context with { LookAt = path => new(EnvFileState.Readable, 1, path.EndsWith("cert.pem", StringComparison.Ordinal) ? One.Certificate : Two.Key) };

        Assert.Equal("MS2023", Ids(EnvSchemaEvaluator.Check(schema, Env("SSL_CERT_PATH=cert.pem", "SSL_KEY_PATH=key.pem"), context)));
    }

    private static (string Certificate, string Key) Pair()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(start, start.AddYears(1));
        return (certificate.ExportCertificatePem(), key.ExportECPrivateKeyPem());
    }
}
