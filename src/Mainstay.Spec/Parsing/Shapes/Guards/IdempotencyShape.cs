using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;

namespace Mainstay.Spec.Parsing.Shapes.Guards;

internal sealed class IdempotencyShape() : Shape<IdempotencySpec>("idempotency")
{
    private static readonly Key<TimeSpan> s_ttl = new(
        "ttl", new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromHours(24), "5m"), TimeSpan.FromMinutes(5), "How long an answer is kept for who asks again.")
    {
        AlsoKnownAs = ["for", "expires", "keep"],
    };

    private static readonly Key<bool> s_required = new("required", CommonKinds.Truth, false, "Whether POST and PATCH without a key are refused with 400.");

    private static readonly Key<ImmutableArray<Item<LimitKeySpec>>> s_scope = new("scope", RateLimitShape.Parts, [], "Whose keys are told apart.", "one key is one for all clients of the route");

    private static readonly Key<long> s_maxBody = new("max_body", new SizeKind(1, 16 << 20, "1MB"), 1_000_000, "The longest request body; a longer one with a key is 413.");

    public override ImmutableArray<Key> Keys { get; } = [s_ttl, s_required, s_scope, s_maxBody];

    protected override IdempotencySpec Build(Fields fields) => new(fields.Read(s_ttl), fields.Read(s_required), fields.Read(s_scope).Values(), fields.Read(s_maxBody));
}
