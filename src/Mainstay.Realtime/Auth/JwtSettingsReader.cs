using System.Collections.Immutable;
using System.Text;
using Mainstay.Realtime.Auth.Jwt;

namespace Mainstay.Realtime.Auth;

/// <summary>Reads what concerns tokens.</summary>
internal static class JwtSettingsReader
{
    private const int MaxPemBytes = 256 * 1024;

    public static JwtSettings Read(SettingsText settings)
    {
        var keys = ReadPublicKeys(settings).AddRange(ReadSecret(settings));
        var (path, url) = ReadJwks(settings);
        return new(keys, path, url, new()
        {
            Algorithms = ReadAlgorithms(settings, keys, hasSet: path is not null || url is not null),
            Issuer = settings.Text(AuthVariables.Issuer),
            Audiences = settings.List(AuthVariables.Audience),
            TenantRequired = settings.Flag(AuthVariables.RequireTenant, otherwise: true),
            QueryAllowed = settings.Flag(AuthVariables.AllowQuery, otherwise: false),
        });
    }

    private static ImmutableArray<JwtKey> ReadPublicKeys(SettingsText settings)
    {
        if (settings.Text(AuthVariables.PublicKey) is not { } text)
        {
            return [];
        }

        var path = text.StartsWith('@') ? text[1..] : text;
        if (!text.Contains("-----BEGIN ", StringComparison.Ordinal) && path.StartsWith('/'))
        {
            var (bytes, fault) = BoundedFile.Read(path, MaxPemBytes);
            if (bytes is null)
            {
                settings.Add(AuthVariables.PublicKey, fault, "correct the path, or let this user read the file");
                return [];
            }

            text = Encoding.UTF8.GetString(bytes);
        }

        var (keys, faults) = PemKeys.Read(text);
        foreach (var fault in faults)
        {
            settings.Add(AuthVariables.PublicKey, fault, "give the public key as PEM (line ends may be written \\n), or the absolute path of a file with it");
        }

        return keys;
    }

    private static ImmutableArray<JwtKey> ReadSecret(SettingsText settings)
    {
        if (settings.Text(AuthVariables.JwtSecret) is not { } text)
        {
            return [];
        }

        if (text.Contains("-----BEGIN ", StringComparison.Ordinal))
        {
            settings.Add(AuthVariables.JwtSecret, "is PEM; it is for HS256, and a key that is known could then sign", $"move a public key to {AuthVariables.PublicKey}");
            return [];
        }

        return [JwtKey.OfSecret(Secret.OfText(text))];
    }

    private static (string? Path, Uri? Url) ReadJwks(SettingsText settings)
    {
        if (settings.Text(AuthVariables.Jwks) is not { } text)
        {
            return (null, null);
        }

        if (text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.UserInfo.Length == 0)
            {
                return (null, url);
            }

            settings.Add(AuthVariables.Jwks, "is not a URL, or has a user in it", "write e.g. https://issuer.example.com/.well-known/jwks.json");
            return (null, null);
        }

        if (!text.StartsWith('/'))
        {
            settings.Add(AuthVariables.Jwks, "is neither an http(s) URL nor an absolute path", "write e.g. https://issuer.example.com/.well-known/jwks.json, or /etc/keys/jwks.json");
            return (null, null);
        }

        var (bytes, fault) = BoundedFile.Read(text, JwksText.MaxBytes);
        var unusable = bytes is null ? fault : JwksText.Read(bytes).Fault;
        if (unusable.Length > 0)
        {
            settings.Add(AuthVariables.Jwks, unusable, "correct the path or the file; it must be a JSON Web Key Set with public keys");
        }

        return (text, null);
    }

    private static ImmutableArray<JwtAlgorithm> ReadAlgorithms(SettingsText settings, ImmutableArray<JwtKey> keys, bool hasSet)
    {
        var words = settings.List(AuthVariables.Algorithms);
        for (var i = 0; i < words.Length; i++)
        {
            if (JwtAlgorithmWords.Find(words[i]) is null)
            {
                settings.Add(AuthVariables.Algorithms, $"has an entry {i + 1} that is not RS256, ES256 or HS256", "take from these three");
            }
        }

        return words.IsEmpty
            ? [.. keys.Select(k => k.Algorithm).Concat(hasSet ? [JwtAlgorithm.RS256, JwtAlgorithm.ES256] : []).Distinct()]
            : [.. words.Select(JwtAlgorithmWords.Find).OfType<JwtAlgorithm>().Distinct()];
    }
}
