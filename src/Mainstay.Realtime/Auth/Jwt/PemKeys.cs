using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>Public keys in PEM: SPKI, PKCS#1 and certificates, several at once for a rotation.</summary>
internal static class PemKeys
{
    /// <summary>The keys, and the ends of sentences about what could not be read. A block is named by its number and its label, never by its content.</summary>
    public static (ImmutableArray<JwtKey> Keys, ImmutableArray<string> Faults) Read(string text)
    {
        // Files of variables cannot hold line ends, so that PEM in them is written with \n; and some add the quotes to the value.
        var rest = text.Replace("\\r", "", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal).Trim().Trim('"', '\'').AsSpan();
        var keys = ImmutableArray.CreateBuilder<JwtKey>();
        var faults = ImmutableArray.CreateBuilder<string>();
        var begun = Count(rest, "-----BEGIN ");
        var block = 0;
        while (PemEncoding.TryFind(rest, out var fields))
        {
            block++;
            var label = rest[fields.Label].ToString();
            var (key, fault) = ReadBlock(rest[fields.Location], label);
            if (key is null)
            {
                faults.Add($"block {block} ({Printable(label)}) {fault}");
            }
            else
            {
                keys.Add(key);
            }

            rest = rest[fields.Location.End..];
        }

        if (begun == 0)
        {
            faults.Add("has no line that begins with -----BEGIN");
        }
        else if (begun > block)
        {
            faults.Add($"begins {begun} times, and {block} times has base64 after that and an end of the same label");
        }

        return (keys.ToImmutable(), faults.ToImmutable());
    }

    private static (JwtKey? Key, string Fault) ReadBlock(ReadOnlySpan<char> pem, string label)
    {
        try
        {
            return label switch
            {
                "PUBLIC KEY" => ReadPublicKey(pem),
                "RSA PUBLIC KEY" => ReadRsa(pem),
                "CERTIFICATE" => ReadCertificate(pem),
                _ when label.Contains("PRIVATE KEY", StringComparison.Ordinal) => (null, "is a private key; whoever verifies needs, and should have, the public one only"),
                _ => (null, "is not a public key; PUBLIC KEY, RSA PUBLIC KEY and CERTIFICATE are"),
            };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException)
        {
            return (null, "cannot be decoded");
        }
    }

    private static (JwtKey? Key, string Fault) ReadPublicKey(ReadOnlySpan<char> pem)
    {
        var bytes = Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data].ToString());
        var key = PublicKey.CreateFromSubjectPublicKeyInfo(bytes, out var read);
        return read == bytes.Length ? Of(key) : (null, "has bytes behind the key");
    }

    private static (JwtKey? Key, string Fault) ReadRsa(ReadOnlySpan<char> pem)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return JwtKey.OfRsa(rsa.ExportParameters(false), keyId: null);
    }

    private static (JwtKey? Key, string Fault) ReadCertificate(ReadOnlySpan<char> pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return Of(certificate.PublicKey);
    }

    private static (JwtKey? Key, string Fault) Of(PublicKey key)
    {
        using var rsa = key.Oid.Value == "1.2.840.113549.1.1.1" ? key.GetRSAPublicKey() : null;
        using var curve = key.Oid.Value == "1.2.840.10045.2.1" ? key.GetECDsaPublicKey() : null;
        return rsa is not null ? JwtKey.OfRsa(rsa.ExportParameters(false), keyId: null)
            : curve is not null ? JwtKey.OfCurve(curve.ExportParameters(false), keyId: null)
            : (null, "is a key of another type than RSA and EC");
    }

    private static int Count(ReadOnlySpan<char> text, string what)
    {
        var count = 0;
        for (var at = text.IndexOf(what); at >= 0; at = text.IndexOf(what))
        {
            count++;
            text = text[(at + what.Length)..];
        }

        return count;
    }

    private static string Printable(string label) => label.Length > 40 || label.Any(c => c is < ' ' or > '~') ? "an odd label" : label;
}
