using System.Collections.Immutable;

namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>Where keys come from.</summary>
public interface IKeySource
{
    /// <summary>The keys as they are known now.</summary>
    JwtKeyRing Current();

    /// <summary>Looks for newer keys, if it is not too soon for that. Never throws for a source that is away: the keys stay as they are.</summary>
    Task RefreshAsync(CancellationToken token);
}

/// <summary>Keys that were given at start.</summary>
public sealed class FixedKeys(ImmutableArray<JwtKey> keys) : IKeySource
{
    private readonly JwtKeyRing _ring = new(keys);

    public JwtKeyRing Current() => _ring;

    public Task RefreshAsync(CancellationToken token) => Task.CompletedTask;
}
