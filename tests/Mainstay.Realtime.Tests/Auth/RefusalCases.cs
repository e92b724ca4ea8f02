using System.Net;
using System.Security.Cryptography;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Auth.Jwt;

namespace Mainstay.Realtime.Tests.Auth;

internal sealed record RefusalCase(string Name, AuthPolicy Policy, Credentials Credentials)
{
    /// <summary>What the connection then starts; it is asked only if the request itself is good.</summary>
    public (string Tenant, string Interaction) Start { get; init; } = ("tenant-a", "int-1");
}

/// <summary>Requests that must not get in, each one step away from a good one.</summary>
internal static class RefusalCases
{
    private static readonly AuthPolicy Rsa = Forge.JwtPolicy();
    private static readonly AuthPolicy Curve = Forge.JwtPolicy(null, Forge.CurveKey());
    private static readonly AuthPolicy Named = Forge.JwtPolicy(null, Forge.RsaKey("2026-a"), Forge.RsaKey("2026-b", Forge.OtherRsa));
    private static readonly AuthPolicy Both = Forge.JwtPolicy(new() { Algorithms = [JwtAlgorithm.RS256, JwtAlgorithm.HS256] }, Forge.RsaKey(), Forge.SecretKey);
    private static readonly AuthPolicy Strict = Forge.JwtPolicy(new() { Issuer = "https://issuer.example.com", Audiences = ["ingest"] });
    private static readonly AuthPolicy Basic = new() { Methods = [AuthMethod.Basic], Basic = [new("exotel", "correct horse")] };
    private static readonly AuthPolicy Cidr = new() { Methods = [AuthMethod.Cidr], Addresses = AddressList.Parse(["203.0.113.0/24"]).List };

    public static IEnumerable<RefusalCase> All() => [.. Requests(), .. Texts(), .. Headers(), .. Signatures(), .. Claims(), .. Others(), .. Starts()];

    private static IEnumerable<RefusalCase> Requests()
    {
        var good = Forge.Rs256();
        yield return new("no header at all", Rsa, Forge.Nothing);
        yield return new("a policy without any method", new(), Forge.Bearer(good));
        yield return new("an empty Authorization header", Rsa, Forge.Header(""));
        yield return new("another scheme", Rsa, Forge.Header("Token " + good));
        yield return new("the token without a scheme", Rsa, Forge.Header(good));
        yield return new("Basic where a token is asked", Rsa, Forge.Basic("a:b"));
        yield return new("Bearer with nothing behind it", Rsa, Forge.Header("Bearer"));
        yield return new("Bearer and a tab", Rsa, Forge.Header("Bearer\t" + good));
        yield return new("two Authorization headers, both good", Rsa, Forge.Bearer(good) with { Authorization = ["Bearer " + good, "Bearer " + good] });
        yield return new("two tokens in one header", Rsa, Forge.Header($"Bearer {good}, Bearer {good}"));
        yield return new("two tokens, header and subprotocol", Rsa, Forge.Bearer(good) with { SubProtocol = ["bearer." + Forge.Rs256(Forge.Claims(",\"n\":1"))] });
        yield return new("a token in the query of a route that takes none there", Rsa, Forge.Nothing with { Query = "access_token=" + good });
        yield return new("the subprotocol's prefix in capitals", Rsa, Forge.Nothing with { SubProtocol = ["BEARER." + good] });
    }

    private static IEnumerable<RefusalCase> Texts()
    {
        var good = Forge.Rs256();
        var parts = good.Split('.');
        yield return new("two parts", Rsa, Forge.Bearer($"{parts[0]}.{parts[1]}"));
        yield return new("four parts", Rsa, Forge.Bearer(good + ".AAAA"));
        yield return new("five parts, as of an encrypted token", Rsa, Forge.Bearer($"{good}.AAAA.AAAA"));
        yield return new("a dot at the end", Rsa, Forge.Bearer(good + "."));
        yield return new("garbage at the end", Rsa, Forge.Bearer(good + "AAAA"));
        yield return new("padding at the end", Rsa, Forge.Bearer(good + "=="));
        yield return new("white space in the middle", Rsa, Forge.Bearer($"{parts[0]}. {parts[1]}.{parts[2]}"));
        yield return new("ordinary base64 in the place of base64url", Rsa, Forge.Bearer($"{parts[0]}.{parts[1]}.{parts[2].Replace('-', '+').Replace('_', '/')}+/"));
        yield return new("leftover bits in the signature", Rsa, Forge.Bearer(good[..^1] + NextWithSameBits(good[^1])));
        yield return new("unicode in the token", Rsa, Forge.Bearer(good.Replace(good[5], 'é')));
        yield return new("a fullwidth dot", Rsa, Forge.Bearer(good.Replace('.', '．')));
        yield return new("longer than 8 KiB", Rsa, Forge.Bearer(Forge.Rs256(Forge.Claims($",\"x\":\"{new string('x', 8000)}\""))));
        yield return new("claims that are no object", Rsa, Forge.Bearer(Forge.Rs256("[1]")));
        yield return new("claims that are not JSON", Rsa, Forge.Bearer(Forge.Rs256("exp=1")));
        yield return new("claims with a comment", Rsa, Forge.Bearer(Forge.Rs256(Forge.Claims() + "/* */")));
        yield return new("a doubled claim", Rsa, Forge.Bearer(Forge.Rs256(Forge.Claims(",\"tenant_id\":\"tenant-b\""))));
        yield return new("a doubled claim, one of them escaped", Rsa, Forge.Bearer(Forge.Rs256(Forge.Claims(",\"tenant\\u005fid\":\"tenant-b\""))));
        yield return new("claims that are not UTF-8", Rsa, Forge.Bearer(NotUtf8()));
        yield return new("claims as deep as a well", Rsa, Forge.Bearer(Forge.Rs256(Forge.Claims($",\"d\":{new string('[', 40)}{new string(']', 40)}"))));
    }

    private static IEnumerable<RefusalCase> Headers()
    {
        foreach (var none in new[] { "none", "None", "nOnE", "NONE" })
        {
            yield return new($"alg {none} without a signature", Rsa, Forge.Bearer(Forge.Token($$"""{"alg":"{{none}}"}""", Forge.Claims(), _ => [])));
        }

        yield return new("alg none with a good signature", Rsa, Forge.Bearer(Forge.Rs256(header: """{"alg":"none"}""")));
        yield return new("alg in small letters", Rsa, Forge.Bearer(Forge.Rs256(header: """{"alg":"rs256"}""")));
        yield return new("alg that is allowed nowhere", Rsa, Forge.Bearer(Forge.Rs256(header: """{"alg":"RS512"}""")));
        yield return new("alg as a list", Rsa, Forge.Bearer(Forge.Rs256(header: """{"alg":["RS256"]}""")));
        yield return new("alg missing", Rsa, Forge.Bearer(Forge.Rs256(header: """{"typ":"JWT"}""")));
        yield return new("a doubled alg", Rsa, Forge.Bearer(Forge.Rs256(header: """{"alg":"none","alg":"RS256"}""")));
        yield return new("a doubled alg, one of them escaped", Rsa, Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","\u0061lg":"none"}""")));
        yield return new("crit", Rsa, Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","crit":["exp"]}""")));
        yield return new("an empty crit", Rsa, Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","crit":[]}""")));
        yield return new("b64 false", Rsa, Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","b64":false}""")));
        yield return new("zip", Rsa, Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","zip":"DEF"}""")));
        yield return new("jku", Rsa, Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","jku":"https://evil.example.com"}""")));
        yield return new("a key of its own", Rsa, Forge.Bearer(Forge.Rs256(header: $$"""{"alg":"RS256","jwk":{{Forge.Jwks((null, Forge.OtherRsa))[9..^2]}}}""", key: Forge.OtherRsa)));
        yield return new("a logout token", Rsa, Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","typ":"logout+jwt"}""")));
        yield return new("typ as a number", Rsa, Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","typ":1}""")));
        yield return new("an unknown kid", Named, Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","kid":"2025-z"}""")));
        yield return new("the kid of another key", Named, Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","kid":"2026-b"}""")));
        yield return new("a kid in another case", Named, Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","kid":"2026-A"}""")));
        yield return new("a kid that is a number", Named, Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","kid":1}""")));
        yield return new("an empty kid", Named, Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","kid":""}""")));
        yield return new("a kid of 129 characters", Named, Forge.Bearer(Forge.Rs256(header: $$"""{"alg":"RS256","kid":"{{new string('k', 129)}}"}""")));
    }

    private static IEnumerable<RefusalCase> Signatures()
    {
        yield return new("HS256 with the public key's PEM as its secret", Rsa, Forge.Bearer(Forge.Hs256(secret: Forge.Pem)));
        yield return new("the same, where HS256 is allowed with a secret of its own", Both, Forge.Bearer(Forge.Hs256(secret: Forge.Pem)));
        yield return new("the same, with a line end less", Both, Forge.Bearer(Forge.Hs256(secret: Forge.Pem.Trim())));
        yield return new("HS256 with an empty secret", Both, Forge.Bearer(Forge.Hs256(secret: "")));
        yield return new("ES256 where the key is RSA", Forge.JwtPolicy(), Forge.Bearer(Forge.Es256()));
        yield return new("RS256 where only ES256 is allowed", Forge.JwtPolicy(new() { Algorithms = [JwtAlgorithm.ES256] }), Forge.Bearer(Forge.Rs256()));
        yield return new("signed with another key", Rsa, Forge.Bearer(Forge.Rs256(key: Forge.OtherRsa)));
        yield return new("an empty signature", Rsa, Forge.Bearer(Forge.Token("""{"alg":"RS256"}""", Forge.Claims(), _ => [])));
        yield return new("a signature of zeros", Rsa, Forge.Bearer(Forge.Token("""{"alg":"RS256"}""", Forge.Claims(), _ => new byte[256])));
        yield return new("PSS in the place of PKCS#1", Rsa, Forge.Bearer(Forge.Token("""{"alg":"RS256"}""", Forge.Claims(), d => Forge.Rsa.SignData(d, HashAlgorithmName.SHA256, RSASignaturePadding.Pss))));
        yield return new("SHA-512 in the place of SHA-256", Rsa, Forge.Bearer(Forge.Token("""{"alg":"RS256"}""", Forge.Claims(), d => Forge.Rsa.SignData(d, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1))));
        yield return new("ECDSA in DER", Curve, Forge.Bearer(Forge.Es256(format: DSASignatureFormat.Rfc3279DerSequence)));
        yield return new("ECDSA with r and s zero", Curve, Forge.Bearer(Forge.Token("""{"alg":"ES256"}""", Forge.Claims(), _ => new byte[64])));
        yield return new("HS256 cut to half", Both, Forge.Bearer(Forge.Token("""{"alg":"HS256"}""", Forge.Claims(), d => HMACSHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Forge.SecretText), d)[..16])));
        yield return new("claims of another token", Rsa, Forge.Bearer(Swapped()));
    }

    private static IEnumerable<RefusalCase> Claims()
    {
        var now = Forge.Seconds();
        static RefusalCase With(string name, string claims, AuthPolicy? policy = null) => new(name, policy ?? Rsa, Forge.Bearer(Forge.Rs256($$"""{"tenant_id":"tenant-a",{{claims}}}""")));
        yield return With("expired by 61 s", $"\"exp\":{now - 61}");
        yield return With("expired by 60 s, to the second", $"\"exp\":{now - 60}");
        yield return With("exp missing", "\"sub\":\"a\"");
        yield return With("exp as a string", $"\"exp\":\"{now + 600}\"");
        yield return With("exp null", "\"exp\":null");
        yield return With("exp that overflows", "\"exp\":1e400");
        yield return With("exp behind the year 9999", "\"exp\":99999999999999");
        yield return With("exp negative", "\"exp\":-1");
        yield return With("nbf in 61 s", $"\"exp\":{now + 600},\"nbf\":{now + 61}");
        yield return With("nbf as a string", $"\"exp\":{now + 600},\"nbf\":\"0\"");
        yield return With("iat in 61 s", $"\"exp\":{now + 600},\"iat\":{now + 61}");
        yield return With("iss missing where one is asked", $"\"exp\":{now + 600},\"aud\":\"ingest\"", Strict);
        yield return With("iss of another", $"\"exp\":{now + 600},\"aud\":\"ingest\",\"iss\":\"https://issuer.example.com/\"", Strict);
        yield return With("aud missing where one is asked", $"\"exp\":{now + 600},\"iss\":\"https://issuer.example.com\"", Strict);
        yield return With("aud of another", $"\"exp\":{now + 600},\"iss\":\"https://issuer.example.com\",\"aud\":[\"hub\",\"Ingest\"]", Strict);
        yield return With("aud with a number in it", $"\"exp\":{now + 600},\"iss\":\"https://issuer.example.com\",\"aud\":[\"ingest\",1]", Strict);
        yield return With("sub with a line end", $"\"exp\":{now + 600},\"sub\":\"a\\nb\"");
        yield return With("sub with half a surrogate pair", $"\"exp\":{now + 600},\"sub\":\"\\ud800\"");
        yield return With("interaction_id that is a list", $"\"exp\":{now + 600},\"interaction_id\":[\"int-1\"]");
        yield return new("tenant_id missing", Rsa, Forge.Bearer(Forge.Rs256($$"""{"exp":{{now + 600}}}""")));
        yield return new("tenant_id empty", Rsa, Forge.Bearer(Forge.Rs256($$"""{"tenant_id":"","exp":{{now + 600}}}""")));
        yield return new("tenant_id null", Rsa, Forge.Bearer(Forge.Rs256($$"""{"tenant_id":null,"exp":{{now + 600}}}""")));
    }

    private static IEnumerable<RefusalCase> Others()
    {
        yield return new("Basic with a wrong password", Basic, Forge.Basic("exotel:wrong horse"));
        yield return new("Basic with a wrong user", Basic, Forge.Basic("Exotel:correct horse"));
        yield return new("Basic with an empty password", Basic, Forge.Basic("exotel:"));
        yield return new("Basic without a colon", Basic, Forge.Basic("exotel"));
        yield return new("Basic that is not base64", Basic, Forge.Header("Basic exotel:correct horse"));
        yield return new("Basic with a space in its base64", Basic, Forge.Header("Basic ZXhvdGVs OmNvcnJlY3QgaG9yc2U="));
        yield return new("Basic as Bearer", Basic, Forge.Header(Forge.Basic("exotel:correct horse").Authorization[0].Replace("Basic", "Bearer")));
        yield return new("Basic from a foreign page", Basic, Forge.Basic("exotel:correct horse") with { Origin = ["https://evil.example.com"] });
        yield return new("an address beside the list", Cidr, Forge.Nothing with { Peer = IPAddress.Parse("203.0.114.1") });
        yield return new("an address that is not known", Cidr, Forge.Nothing);
        yield return new("a good token from an address beside the list", Rsa with { OnlyFrom = Cidr.Addresses }, Forge.Bearer(Forge.Rs256()) with { Peer = IPAddress.Parse("198.51.100.1") });
        yield return new("a good token from a page beside the list", Rsa with { Origins = new(["https://app.example.com"], false) }, Forge.Bearer(Forge.Rs256()) with { Origin = ["https://evil.example.com"] });
    }

    private static IEnumerable<RefusalCase> Starts()
    {
        yield return new("a foreign tenant", Rsa, Forge.Bearer(Forge.Rs256())) { Start = ("tenant-b", "int-1") };
        yield return new("a tenant in another case", Rsa, Forge.Bearer(Forge.Rs256())) { Start = ("Tenant-A", "int-1") };
        yield return new("a foreign interaction", Rsa, Forge.Bearer(Forge.Rs256())) { Start = ("tenant-a", "int-2") };
    }

    private static string NotUtf8()
    {
        byte[] claims = [.. "{\"tenant_id\":\"tenant-a\",\"exp\":99999999999,\"sub\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        var text = $"{Forge.Part("""{"alg":"RS256"}""")}.{Forge.Part(claims)}";
        return $"{text}.{Forge.Part(Forge.Rsa.SignData(System.Text.Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Swapped()
    {
        var (one, other) = (Forge.Rs256().Split('.'), Forge.Rs256(Forge.Claims(",\"n\":1")).Split('.'));
        return $"{one[0]}.{other[1]}.{one[2]}";
    }

    /// <summary>256 bytes leave four bits in the last character; the next letter differs in those only.</summary>
    private static char NextWithSameBits(char last)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return Alphabet[Alphabet.IndexOf(last) + 1];
    }
}
