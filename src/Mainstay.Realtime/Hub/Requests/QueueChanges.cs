namespace Mainstay.Realtime.Hub.Requests;

/// <summary>The changes of one decision while it is made.</summary>
internal sealed class QueueChanges
{
    private readonly Dictionary<RequestId, RequestRecord> _saves = [];
    private readonly List<RequestId> _forgets = [];
    private readonly List<RequestEffect> _effects = [];

    public void Save(RequestRecord request) => _saves[request.Id] = request;

    public void Forget(RequestId id)
    {
        _saves.Remove(id);
        _forgets.Add(id);
    }

    public void Do(RequestEffectKind kind, RequestRecord request) => _effects.Add(new(kind, request));

    public QueueDecision Close() => _saves.Count + _forgets.Count + _effects.Count == 0
        ? QueueDecision.Nothing
        : new([.. _saves.Values.OrderBy(r => r.Order)], [.. _forgets], [.. _effects]);
}
