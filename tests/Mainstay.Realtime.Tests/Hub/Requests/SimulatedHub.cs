using Mainstay.Realtime.Hub.Requests;

namespace Mainstay.Realtime.Tests.Hub.Requests;

/// <summary>A queue with a store beside it, and a shell that can be killed before it saves, and behind the save before any of the effects.</summary>
internal sealed class SimulatedHub(Random random, RequestPolicy policy)
{
    private RequestQueue _queue = new(Requests.Till, policy);

    /// <summary>The store: what survives.</summary>
    public Dictionary<RequestId, RequestRecord> Disk { get; } = [];

    /// <summary>The last that askers were told of each request.</summary>
    public Dictionary<RequestId, RequestPhase> Told { get; } = [];

    /// <summary>What has left for the device since this was last emptied.</summary>
    public List<ToDevice> Outbox { get; } = [];

    /// <summary>The device did what askers were told was not done.</summary>
    public int Contradictions { get; private set; }

    /// <summary>Sends that were not the first of their request.</summary>
    public int SentAgain { get; private set; }

    /// <summary>A request was sent for the first time after a later one of its target.</summary>
    public bool Overtaken { get; private set; }

    private readonly Dictionary<string, long> _lastFirstSend = [];

    /// <summary>One in so many decisions ends in a kill.</summary>
    public int KillOneIn { get; set; } = 40;

    /// <summary>The device's connection fell with the hub.</summary>
    public bool WasKilled { get; private set; }

    public RequestQueue Queue => _queue;

    public void Do(Func<RequestQueue, QueueDecision> what, DateTimeOffset now)
    {
        WasKilled = false;
        var decision = what(_queue);
        var kill = random.Next(KillOneIn) == 0;
        if (kill && random.Next(2) == 0)
        {
            Restart(now);
            return;
        }

        Save(decision);
        foreach (var effect in decision.Effects)
        {
            if (kill && random.Next(2) == 0)
            {
                break;
            }

            Perform(effect);
        }

        if (kill)
        {
            Restart(now);
        }
    }

    public void Restart(DateTimeOffset now)
    {
        WasKilled = true;
        (_queue, var decision) = RequestQueue.Restore(Requests.Till, Disk.Values.OrderBy(_ => random.Next()), policy, now);
        Save(decision);
        foreach (var effect in decision.Effects)
        {
            Perform(effect);
        }
    }

    private void Save(QueueDecision decision)
    {
        foreach (var record in decision.Saves)
        {
            Disk[record.Id] = record;
        }

        foreach (var id in decision.Forgets)
        {
            Disk.Remove(id);
        }
    }

    private void Perform(RequestEffect effect)
    {
        switch (effect.Kind)
        {
            case RequestEffectKind.Tell:
                Told[effect.Request.Id] = effect.Request.Phase;
                break;
            case RequestEffectKind.Contradicted:
                Contradictions++;
                break;
            default:
                Overtaken |= effect is { Kind: RequestEffectKind.Send, Request.Try: 1 } && !InOrder(effect.Request);
                SentAgain += effect is { Kind: RequestEffectKind.Send, Request.Try: > 1 } ? 1 : 0;
                Outbox.Add(new(effect.Kind, effect.Request.Id, effect.Request.Try, effect.Request.Spec.Key));
                break;
        }
    }

    private bool InOrder(RequestRecord request)
    {
        var part = request.Spec.Target.Part;
        var inOrder = request.Order > _lastFirstSend.GetValueOrDefault(part);
        _lastFirstSend[part] = request.Order;
        return inOrder;
    }
}
