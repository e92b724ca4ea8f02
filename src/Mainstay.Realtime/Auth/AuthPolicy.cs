using System.Collections.Immutable;
using Mainstay.Realtime.Auth.Jwt;

namespace Mainstay.Realtime.Auth;

/// <summary>Who may connect to a route. Any of the methods admits; what stands beside them is asked of everybody.</summary>
public sealed record AuthPolicy
{
    /// <summary>In the order in which they are tried.</summary>
    public ImmutableArray<AuthMethod> Methods { get; init; } = [];

    public JwtSettings? Jwt { get; init; }

    public ImmutableArray<BasicPair> Basic { get; init; } = [];

    /// <summary>Addresses that the method <see cref="AuthMethod.Cidr"/> admits.</summary>
    public AddressList Addresses { get; init; } = AddressList.Empty;

    /// <summary>Addresses that a peer must have, whatever else it proves; null: any.</summary>
    public AddressList? OnlyFrom { get; init; }

    public TwilioSettings? Twilio { get; init; }

    public SignedUrlSettings? SignedUrl { get; init; }

    public OriginRule Origins { get; init; } = OriginRule.Unset;

    /// <summary>Everything that is wrong with it, by the names of the variables.</summary>
    public ImmutableArray<AuthProblem> Check() => [.. Find()];

    private IEnumerable<AuthProblem> Find()
    {
        if (Methods.IsEmpty)
        {
            yield return new(AuthVariables.Methods, "names no method, and no key for tokens is given, so that nobody could connect", $"set {AuthVariables.PublicKey}, or name one or more of {AuthVariables.Words} here; \"none\" admits everybody");
        }

        if (Methods.Contains(AuthMethod.None) && Methods.Length > 1)
        {
            yield return new(AuthVariables.Methods, "names \"none\" beside other methods, which then prove nothing", "remove \"none\", or the others");
        }

        if (OnlyFrom is { IsEmpty: true })
        {
            yield return new(AuthVariables.Addresses, "has no address, so that nobody could connect", "name addresses or prefixes, or unset it");
        }

        foreach (var problem in Methods.Distinct().SelectMany(Find))
        {
            yield return problem;
        }
    }

    private IEnumerable<AuthProblem> Find(AuthMethod method) => method switch
    {
        AuthMethod.Jwt => FindInJwt(),
        AuthMethod.Basic => Missing(Basic.IsEmpty, AuthVariables.Basic, "basic", "set it to user:password, or several of them with commas between"),
        AuthMethod.Cidr => Missing(Addresses.IsEmpty, AuthVariables.Addresses, "cidr", "set it to addresses or prefixes with commas between, e.g. 203.0.113.0/24"),
        AuthMethod.TwilioSignature => Missing(Twilio is null || Twilio.AuthToken.Length == 0, AuthVariables.TwilioToken, "twilio_signature", "set it to the auth token of your Twilio account")
            .Concat(Missing(string.IsNullOrEmpty(Twilio?.PublicUrl), AuthVariables.PublicUrl, "twilio_signature", "set it to the URL by which Twilio reaches this server, e.g. wss://voice.example.com")),
        AuthMethod.SignedUrl => FindInSignedUrl(),
        AuthMethod.None => [],
    };

    private IEnumerable<AuthProblem> FindInJwt()
    {
        if (Jwt is null || (Jwt.Keys.IsEmpty && Jwt.JwksPath is null && Jwt.JwksUrl is null))
        {
            yield return new(AuthVariables.PublicKey, $"is needed for the method jwt: neither it nor {AuthVariables.Jwks} nor {AuthVariables.JwtSecret} gives a key", "set one of the three");
            yield break;
        }

        if (Jwt.Keys.Length > JwtKeyRing.MaxKeys)
        {
            yield return new(AuthVariables.PublicKey, $"has {Jwt.Keys.Length} keys; at most {JwtKeyRing.MaxKeys} are taken", "remove keys that are not in use any more");
        }

        if (Jwt.Keys.Any(k => k.Algorithm is JwtAlgorithm.HS256 && k.SecretLength < Secret.MinHmacBytes))
        {
            yield return new(AuthVariables.JwtSecret, $"has fewer than {Secret.MinHmacBytes} bytes, which is too few for HS256", "make one with: openssl rand -base64 48");
        }

        var possible = Jwt.Keys.Select(k => k.Algorithm).Concat(Jwt.JwksPath is null && Jwt.JwksUrl is null ? [] : [JwtAlgorithm.RS256, JwtAlgorithm.ES256]).Distinct().ToArray();
        foreach (var algorithm in Jwt.Rules.Algorithms.Except(possible))
        {
            yield return new(AuthVariables.Algorithms, $"allows {algorithm.Word()}, and no key of that type is given", $"remove {algorithm.Word()}, or give a key for it");
        }

        foreach (var algorithm in Jwt.Keys.Select(k => k.Algorithm).Distinct().Except(Jwt.Rules.Algorithms))
        {
            yield return new(AuthVariables.Algorithms, $"does not allow {algorithm.Word()}, and a key of that type is given, which would never be used", $"add {algorithm.Word()}, or remove the key");
        }

        if (Jwt.Rules.Skew < TimeSpan.Zero || Jwt.Rules.Skew > TimeSpan.FromMinutes(5))
        {
            yield return new(AuthVariables.PublicKey, "is used with a tolerance of clocks that is negative or more than 5 minutes", "take 60 seconds");
        }
    }

    private IEnumerable<AuthProblem> FindInSignedUrl()
    {
        foreach (var problem in Missing(SignedUrl is null, AuthVariables.SigningKey, "signed_url", "make one with: openssl rand -base64 48"))
        {
            yield return problem;
        }

        if (SignedUrl is { } signed && signed.Key.Length < Secret.MinHmacBytes)
        {
            yield return TooShort(AuthVariables.SigningKey);
        }

        if (SignedUrl?.PreviousKey is { } previous && previous.Length < Secret.MinHmacBytes)
        {
            yield return TooShort(AuthVariables.PreviousSigningKey);
        }
    }

    private static AuthProblem TooShort(string variable) => new(variable, $"has fewer than {Secret.MinHmacBytes} bytes", "make one with: openssl rand -base64 48");

    private static IEnumerable<AuthProblem> Missing(bool missing, string variable, string method, string fix) =>
        missing ? [new(variable, $"is needed for the method {method}", fix)] : [];
}
