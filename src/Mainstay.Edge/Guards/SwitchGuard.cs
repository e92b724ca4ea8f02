using System.Text;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Answers;

namespace Mainstay.Edge.Guards;

/// <summary>A kill switch as one route obeys it.</summary>
internal sealed class SwitchGuard
{
    private const int UsualRetryAfter = 60;

    private readonly EdgeSwitchGuard _guard;
    private readonly EdgeSwitch _state;
    private readonly EdgeVerdict _verdict;

    /// <param name="state">How it stands; one that is not known lets through.</param>
    public SwitchGuard(EdgeSwitchGuard guard, EdgeSwitch state)
    {
        (_guard, _state) = (guard, state);
        _verdict = EdgeVerdict.SwitchedOff with
        {
            Status = guard.Status,
            RetryAfter = guard.RetryAfterS > 0 ? (int)Math.Ceiling(guard.RetryAfterS) : guard.Status == 503 ? UsualRetryAfter : 0,
            Own = guard.Body is { } body ? new(Encoding.UTF8.GetBytes(body), guard.ContentType) : null,
        };
    }

    public bool HasStandIn => _guard.Service is not null;

    /// <summary>Null: it is on.</summary>
    public EdgeVerdict? Check(DateTimeOffset now)
    {
        var left = _state.UntilUnixMs is { } until ? until - now.ToUnixTimeMilliseconds() : long.MaxValue;
        if (left > 0 ? _state.On : _state.Default)
        {
            return null;
        }

        return _state.UntilUnixMs is null || left <= 0 ? _verdict : _verdict with { RetryAfter = (int)Math.Min(int.MaxValue, ((left - 1) / 1000) + 1) };
    }
}
