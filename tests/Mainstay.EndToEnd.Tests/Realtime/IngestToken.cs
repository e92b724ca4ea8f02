using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>JSON Web Tokens made by hand, so that wrong ones can be made as well.</summary>
internal static class IngestToken
{
    public const string Rs256 = """{"alg":"RS256","typ":"JWT"}""";

    public static string Signed(RSA key, string claims, string header = Rs256) =>
        Of(header, claims, signed => key.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string Of(string header, string claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Part(Encoding.UTF8.GetBytes(header))}.{Part(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Part(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <param name="lives">Seconds from now; negative: it has expired.</param>
    public static string Claims(string? tenant, string? interaction = null, int lives = 600)
    {
        var claims = new JsonObject { ["exp"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + lives };
        if (tenant is not null)
        {
            claims["tenant_id"] = tenant;
        }

        if (interaction is not null)
        {
            claims["interaction_id"] = interaction;
        }

        return claims.ToJsonString();
    }

    public static string Part(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
