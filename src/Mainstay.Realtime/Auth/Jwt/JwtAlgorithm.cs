namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>How a token may be signed. Each is bound to one type of key.</summary>
public enum JwtAlgorithm
{
    /// <summary>RSA PKCS#1 v1.5 with SHA-256: RSA keys.</summary>
    RS256,

    /// <summary>ECDSA with SHA-256 on P-256: keys of that curve.</summary>
    ES256,

    /// <summary>HMAC-SHA256: secrets.</summary>
    HS256,
}

/// <summary>The algorithms' names in tokens and settings: exactly these, with their case.</summary>
public static class JwtAlgorithmWords
{
    public static string Word(this JwtAlgorithm algorithm) => algorithm switch
    {
        JwtAlgorithm.RS256 => "RS256",
        JwtAlgorithm.ES256 => "ES256",
        JwtAlgorithm.HS256 => "HS256",
    };

    /// <summary>Not <see cref="Enum.TryParse{TEnum}(string, out TEnum)"/>, to which "0" and " rs256" would be names, too.</summary>
    public static JwtAlgorithm? Find(string? word) => word switch
    {
        "RS256" => JwtAlgorithm.RS256,
        "ES256" => JwtAlgorithm.ES256,
        "HS256" => JwtAlgorithm.HS256,
        _ => null,
    };
}
