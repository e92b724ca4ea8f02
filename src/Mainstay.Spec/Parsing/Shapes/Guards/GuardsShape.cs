using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;

namespace Mainstay.Spec.Parsing.Shapes.Guards;

/// <summary>The guards of a route, or of a named set.</summary>
/// <param name="Name">Of the set under <c>edge.guards</c> that is meant; null: these are the route's own.</param>
internal sealed record GuardsDraft(string? Name, GuardsSpec Own, SourceSpan Span);

internal sealed class GuardsShape() : Shape<GuardsDraft>("guards")
{
    private static readonly Key<ImmutableArray<Item<RateLimitSpec>>> s_rateLimit = new(
        "rate_limit", new ListKind<RateLimitSpec>(new RateLimitShape(), "a rate limit, or a list of them", orOne: true), [], "How many requests are let through, by client, header or route.", "none")
    {
        AlsoKnownAs = ["rate_limits", "ratelimit", "limit", "throttle", "limit_req"],
    };

    private static readonly Key<SwitchGuardSpec?> s_switch = new("switch", SwitchGuardShape.Kind!, null, "The kill switch that the route obeys.", "none")
    {
        AlsoKnownAs = ["kill_switch", "killswitch", "toggle"],
    };

    private static readonly Key<IdempotencySpec?> s_idempotency = new("idempotency", new IdempotencyShape()!, null, "POST and PATCH with an Idempotency-Key reach the service once.", "none")
    {
        AlsoKnownAs = ["idempotent", "idempotency_key"],
    };

    public override ImmutableArray<Key> Keys { get; } =
    [
        s_switch, s_rateLimit, s_idempotency,
        .. Later("jwt", "basic", "token", "ip_allow", "cors", "webhook", "body_limit", "concurrency", "circuit_breaker", "retry", "timeout", "headers", "redirect", "rewrite", "compress", "inbox"),
    ];

    /// <summary>Guards as a map, or the name of a set.</summary>
    public static ShortKind<GuardsDraft, string> Kind { get; } = new(
        new GuardsShape(), CommonKinds.Name, name => new(name, new(name, [], null), SourceSpan.None), draft => draft.Name ?? "none");

    protected override GuardsDraft Build(Fields fields) => new(
        null,
        new(null, fields.Read(s_rateLimit).Values(), fields.Read(s_switch) is { } obeyed ? obeyed with { Span = obeyed.Span == SourceSpan.None ? fields.At(s_switch) : obeyed.Span } : null, fields.Read(s_idempotency)),
        fields.Span);

    private static IEnumerable<Key> Later(params string[] names) => names.Select(name => new LaterKey(name, "A guard of the contract."));
}
