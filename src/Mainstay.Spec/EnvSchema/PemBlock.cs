using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mainstay.Spec.EnvSchema;

/// <summary>The first block of a PEM text. <paramref name="PublicKey"/> (SubjectPublicKeyInfo) is null when its algorithm or encryption keeps us from reading it.</summary>
public sealed record PemBlock(string Label, byte[]? PublicKey)
{
    public bool IsCertificate => Label is "CERTIFICATE" or "X509 CERTIFICATE" or "TRUSTED CERTIFICATE";

    public bool IsPrivateKey => Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal);

    /// <summary>Whether the two are a certificate and a private key that do not belong together; null when that cannot be told.</summary>
    public static bool? Match(PemBlock one, PemBlock other) =>
        one.PublicKey is null || other.PublicKey is null || !((one.IsCertificate && other.IsPrivateKey) || (one.IsPrivateKey && other.IsCertificate))
            ? null
            : one.PublicKey.AsSpan().SequenceEqual(other.PublicKey);

    /// <summary>Reads a text whose line ends may be written as <c>\n</c>, as one-line environment files do. The fault continues "is ...".</summary>
    public static (PemBlock? Block, string? Fault) Parse(string text)
    {
        var lines = text.Contains('\n') ? text : text.Replace("\\r", "", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);
        if (!PemEncoding.TryFind(lines, out var fields))
        {
            return (null, Why(lines));
        }

        var label = lines[fields.Label];
        try
        {
            return (new(label, PublicKeyOf(label, lines[fields.Location], lines[fields.Base64Data])), null);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException or AsnContentException)
        {
            return (null, "not what its BEGIN line says: the content between the markers cannot be read");
        }
    }

    private static string Why(string text) => (text.Contains("-----BEGIN ", StringComparison.Ordinal), text.Contains("-----END ", StringComparison.Ordinal)) switch
    {
        (false, _) => "not PEM: it has no line -----BEGIN ...-----",
        (true, false) => "not PEM: it is cut off, the line -----END ...----- is missing",
        (true, true) => "not PEM: its BEGIN and END lines do not match, or what stands between them is not base64",
    };

    private static byte[]? PublicKeyOf(string label, string pem, string content) => label switch
    {
        "CERTIFICATE" => CertificateKey(pem),
        "RSA PRIVATE KEY" or "RSA PUBLIC KEY" => Rsa(pem),
        "EC PRIVATE KEY" => Ecdsa(pem),
        "PRIVATE KEY" or "PUBLIC KEY" => RsaOrEcdsa(pem, content),
        _ => null,
    };

    private static byte[] CertificateKey(string pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.PublicKey.ExportSubjectPublicKeyInfo();
    }

    private static byte[] Rsa(string pem)
    {
        using var key = RSA.Create();
        key.ImportFromPem(pem);
        return key.ExportSubjectPublicKeyInfo();
    }

    private static byte[] Ecdsa(string pem)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key.ExportSubjectPublicKeyInfo();
    }

    /// <summary>Ed25519 and others that this runtime cannot read are taken as they are; a block that is not even ASN.1 is refused.</summary>
    private static byte[]? RsaOrEcdsa(string pem, string content)
    {
        foreach (var read in (Func<string, byte[]>[])[Rsa, Ecdsa])
        {
            try
            {
                return read(pem);
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                // The other algorithm, or one that we do not know: decided below.
            }
        }

        _ = new AsnReader(Convert.FromBase64String(content), AsnEncodingRules.DER).ReadSequence();
        return null;
    }
}
