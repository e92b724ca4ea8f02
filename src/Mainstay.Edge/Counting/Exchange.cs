using Mainstay.Edge.Forwarding;

namespace Mainstay.Edge.Counting;

/// <summary>What the counters need to know of one try; it lives in the request, and costs a few words.</summary>
internal struct Exchange
{
    private long _sentAt;
    private long _headAt;
    private int _status;
    private bool _sent;
    private bool _reused;
    private bool _cut;

    /// <param name="reused">On a connection that has carried an exchange before.</param>
    public void Sending(long now, bool reused) => (_sentAt, _sent, _reused) = (now, true, reused);

    public void HeadCame(int status, long now) => (_status, _headAt) = (status, now);

    /// <summary>The instance broke its answer off.</summary>
    public void Cut() => _cut = true;

    /// <summary>How long the head has taken, in timestamps.</summary>
    public readonly long Latency => _headAt - _sentAt;

    /// <param name="repeats">If the connection died, the request will be sent once more.</param>
    /// <param name="closed">The worker has just cut everything: what broke off broke off here.</param>
    /// <param name="stale">A connection that dies this soon after sending, in timestamps, was closed before.</param>
    public readonly void Count(Attempt attempt, InstanceCounters counters, bool repeats, bool closed, long now, long stale)
    {
        switch (attempt)
        {
            case Attempt.Done:
                counters.Answered(Latency, _status >= 500 || (_cut && !closed));
                break;

            case Attempt.ClientFailed when !_sent:
                // The instance never heard of it.
                break;

            case Attempt.ClientFailed when _status > 0:
                counters.Answered(Latency, _status >= 500);
                break;

            case Attempt.ClientFailed:
                counters.Abandoned();
                break;

            case Attempt.Died when _reused && repeats && now - _sentAt < stale:
                // Services close idle connections whenever they like. What they say to the request comes with the repetition.
                break;

            case Attempt.Died or Attempt.Broken or Attempt.TimedOut when closed:
                counters.Abandoned();
                break;

            case Attempt.Refused or Attempt.ConnectTimedOut or Attempt.Died or Attempt.Broken or Attempt.TimedOut:
                counters.Failed();
                break;
        }
    }
}
