using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Edge.Tests.Harness;

/// <summary>A certificate made for one test.</summary>
internal static class TestCertificate
{
    public static EdgeCertificate Create(string directory, string host, string stamp = "1")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}.{stamp}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var name = host.Replace('*', '_');
        File.WriteAllText(Path.Combine(directory, name + ".crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, name + ".key"), key.ExportPkcs8PrivateKeyPem());
        return new(host, Path.Combine(directory, name + ".crt"), Path.Combine(directory, name + ".key"), stamp);
    }
}
