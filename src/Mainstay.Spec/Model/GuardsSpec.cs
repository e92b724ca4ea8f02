using System.Collections.Immutable;

namespace Mainstay.Spec.Model;

/// <summary>What a route checks before it passes a request on. See docs/guards.</summary>
/// <param name="Shared">The name under <c>edge.guards</c>; routes that use the same name count together. Null: the route's own.</param>
public sealed record GuardsSpec(string? Shared, ImmutableArray<RateLimitSpec> RateLimits, SwitchGuardSpec? Switch, IdempotencySpec? Idempotency = null);

/// <summary>POST and PATCH with an Idempotency-Key reach the service once.</summary>
/// <param name="IsRequired">Without a key they are refused.</param>
/// <param name="Scope">Whose keys are told apart.</param>
/// <param name="MaxBody">In bytes.</param>
public sealed record IdempotencySpec(TimeSpan Ttl, bool IsRequired, ImmutableArray<LimitKeySpec> Scope, long MaxBody);

/// <summary>Guards that routes use by name.</summary>
public sealed record GuardSetSpec(string Name, GuardsSpec Guards);

/// <summary>What requests are counted by.</summary>
public enum LimitKeyKind
{
    Route,
    ClientIp,
    Header,
}

/// <param name="Name">Of the header; empty otherwise.</param>
public sealed record LimitKeySpec(LimitKeyKind Kind, string Name);

/// <summary>At most <paramref name="Count"/> in <paramref name="Per"/> for each combination of <paramref name="Keys"/>, <paramref name="Burst"/> of them at once.</summary>
/// <param name="Fallback">The key of requests without the header; null when no key is a header.</param>
/// <param name="Ipv6Prefix">The bits of an IPv6 address that make a client.</param>
public sealed record RateLimitSpec(ImmutableArray<LimitKeySpec> Keys, int Count, TimeSpan Per, int Burst, string? Fallback, int Ipv6Prefix);

/// <summary>The switch that a route obeys, and what the route does while it is off.</summary>
public sealed record SwitchGuardSpec(string Name, SwitchOffSpec Off, SourceSpan Span);

/// <param name="Body">Null: the edge's own page or problem document.</param>
/// <param name="RetryAfter">Null: none was said.</param>
/// <param name="Service">Answers instead; the others do not matter then.</param>
public sealed record SwitchOffSpec(int Status, string? Body, string ContentType, TimeSpan? RetryAfter, ServiceName? Service)
{
    public static SwitchOffSpec Default { get; } = new(503, null, "text/plain; charset=utf-8", null, null);
}

/// <summary>A kill switch of the stack.</summary>
/// <param name="Default">How it is while nobody has set it.</param>
public sealed record SwitchSpec(string Name, bool Default, string Description, SourceSpan Span);
