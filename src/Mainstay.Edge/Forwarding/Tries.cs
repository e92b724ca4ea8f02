using Mainstay.Edge.Answers;
using Mainstay.Edge.Routing;
using Mainstay.Edge.Traffic;

namespace Mainstay.Edge.Forwarding;

/// <summary>What has been tried for one request.</summary>
internal sealed class Tries(bool webSocket)
{
    private const int StoryLength = 8;

    private List<InstanceTraffic>? _diedAt;
    private List<string>? _story;

    public bool WebSocket { get; } = webSocket;

    /// <summary>For a WebSocket: what the instance's answer must prove to have read.</summary>
    public string? Key { get; set; }

    public int Count { get; set; }

    /// <summary>The instance that failed last.</summary>
    public InstanceTraffic? Failed { get; set; }

    /// <summary>The route that the written head is for.</summary>
    public Route? PreparedFor { get; set; }

    /// <summary>The whole body stands behind the head, or there is none: it can be sent again.</summary>
    public bool BodyAppended { get; set; }

    /// <summary>Bytes of body behind the head.</summary>
    public int BodyLength { get; set; }

    /// <summary>How many instances it may have been processed by, on connections that then died.</summary>
    public int Deaths => _diedAt?.Count ?? 0;

    /// <summary>How often the daemon's word was waited for.</summary>
    public int Learned { get; set; }

    /// <summary>The try under way is one at a candidate.</summary>
    public bool AtCandidate { get; set; }

    /// <summary>A candidate had its try at this request.</summary>
    public bool CandidateFailed { get; set; }

    /// <summary>The guards have let it through; they are asked once.</summary>
    public bool IsGuarded { get; set; }

    /// <summary>Its route is switched off, and another service answers.</summary>
    public bool IsStandIn { get; set; }

    /// <summary>The service that counts it.</summary>
    public ServiceTraffic? Service { get; set; }

    /// <summary>When it first had to wait for an instance.</summary>
    public long? HeldSince { get; set; }

    /// <summary>Why it cannot be forwarded at all.</summary>
    public EdgeVerdict? Refusal { get; set; }

    /// <summary>What went wrong so far, in order, for the log: <c>: web-1 died, web-2 refused, waited</c>. Only the last of many.</summary>
    public string Story => _story is null ? "" : ": " + string.Join(", ", _story);

    /// <summary>False when it had died there before.</summary>
    public bool AddDeath(InstanceTraffic instance)
    {
        _diedAt ??= [];
        if (_diedAt.Contains(instance))
        {
            return false;
        }

        _diedAt.Add(instance);
        return true;
    }

    public void Tell(string part)
    {
        _story ??= [];
        if (_story.Count == StoryLength)
        {
            _story.RemoveAt(0);
        }

        _story.Add(part);
    }
}
