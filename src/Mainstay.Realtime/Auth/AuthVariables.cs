namespace Mainstay.Realtime.Auth;

/// <summary>The names of the settings in the environment.</summary>
public static class AuthVariables
{
    public const string Methods = "INGEST_AUTH";
    public const string PublicKey = "JWT_PUBLIC_KEY";
    public const string Jwks = "JWT_JWKS";
    public const string JwtSecret = "JWT_SECRET";
    public const string Issuer = "JWT_ISSUER";
    public const string Audience = "JWT_AUDIENCE";
    public const string Algorithms = "JWT_ALGORITHMS";
    public const string RequireTenant = "JWT_REQUIRE_TENANT";
    public const string AllowQuery = "JWT_ALLOW_QUERY";
    public const string Basic = "BASIC_AUTH";
    public const string Addresses = "ALLOWED_CIDRS";
    public const string TwilioToken = "TWILIO_AUTH_TOKEN";
    public const string PublicUrl = "PUBLIC_URL";
    public const string SigningKey = "SIGNING_KEY";
    public const string PreviousSigningKey = "SIGNING_KEY_PREVIOUS";
    public const string Origins = "ALLOWED_ORIGINS";
    public const string RequireOrigin = "ORIGIN_REQUIRED";

    internal static string Words => string.Join(", ", Enum.GetValues<AuthMethod>().Select(m => m.Word()));
}
