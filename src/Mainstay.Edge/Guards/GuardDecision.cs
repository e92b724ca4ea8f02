using Mainstay.Edge.Answers;

namespace Mainstay.Edge.Guards;

/// <summary>What the guards of a route say of a request.</summary>
/// <param name="Refusal">The answer; null: it goes on.</param>
/// <param name="IsStandIn">The route's stand-in answers, because a switch is off.</param>
/// <param name="Policy">For RateLimit-Policy; null without a limit.</param>
/// <param name="Limit">For RateLimit.</param>
internal readonly record struct GuardDecision(EdgeVerdict? Refusal, bool IsStandIn = false, string? Policy = null, string? Limit = null);
