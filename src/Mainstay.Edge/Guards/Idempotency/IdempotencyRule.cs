using System.Security.Cryptography;
using System.Text;
using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Edge.Guards.Idempotency;

/// <summary>What one route asks of requests that must be done once.</summary>
internal sealed class IdempotencyRule(EdgeIdempotency of, string identity)
{
    public const string Field = "Idempotency-Key";

    private const int MaxKey = 255;
    private readonly RequestKey _scope = new(of.Scope.IsDefault ? [] : of.Scope, "", of.Ipv6Prefix);

    public TimeSpan Ttl { get; } = TimeSpan.FromSeconds(of.TtlS);

    public bool IsRequired => of.Required;

    public long MaxBody => of.MaxBody;

    /// <summary>The key without the quotes of a structured field's string; null when it is none.</summary>
    public static string? Read(string? field)
    {
        var text = field?.Trim(' ') ?? "";
        if (text is ['"', .. var inner, '"'])
        {
            text = inner;
        }

        return text.Length is > 0 and <= MaxKey && text.All(c => c is > ' ' and < '\x7f' and not '"' and not '\\') ? text : null;
    }

    /// <summary>One key of one client of one route, in 32 bytes.</summary>
    public byte[] NameOf(string key, IRequestFacts facts)
    {
        Span<byte> scope = stackalloc byte[RequestKey.MaxLength];
        var length = _scope.Write(facts, scope);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Encoding.UTF8.GetBytes(identity));
        Add(hash, scope[..length]);
        Add(hash, Encoding.UTF8.GetBytes(key));
        return hash.GetHashAndReset();
    }

    /// <summary>What was asked, in 32 bytes.</summary>
    public static byte[] Fingerprint(string method, string target, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Encoding.UTF8.GetBytes(method));
        Add(hash, Encoding.UTF8.GetBytes(target));
        Add(hash, body);
        return hash.GetHashAndReset();
    }

    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        hash.AppendData(BitConverter.GetBytes((long)part.Length));
        hash.AppendData(part);
    }
}
