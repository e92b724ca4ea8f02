using System.Buffers;
using Microsoft.Extensions.Primitives;

namespace Mainstay.Edge.Headers;

/// <summary>The name under which one request is found again in every log: the client's own when it is well formed, else a new one.</summary>
internal sealed class CorrelationId
{
    public const string Header = "X-Correlation-ID";
    private const int MaxLength = 128;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:+/=-");

    private readonly string _worker;
    private long _count;

    /// <param name="start">When the worker started, in Unix milliseconds: later workers sort after earlier ones.</param>
    /// <param name="worker">Tells apart two workers that started in the same millisecond.</param>
    public CorrelationId(long start, int worker) =>
        _worker = string.Create(12, (start, worker), static (span, seed) =>
        {
            Write(span[..9], (ulong)seed.start);
            Write(span[9..], (uint)seed.worker);
        });

    public static bool IsWellFormed(string? id) => id is { Length: > 0 and <= MaxLength } && !id.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>The one well-formed id that a client sent, or a new one.</summary>
    public string For(StringValues given) => given.Count == 1 && IsWellFormed(given[0]) ? given[0]! : Next();

    public string Next() => string.Create(20, (_worker, Count: Interlocked.Increment(ref _count)), static (span, seed) =>
    {
        seed._worker.CopyTo(span);
        Write(span[12..], (ulong)seed.Count);
    });

    private static void Write(Span<char> span, ulong value)
    {
        for (var i = span.Length - 1; i >= 0; i--, value >>= 5)
        {
            span[i] = Alphabet[(int)(value & 31)];
        }
    }
}
