using Mainstay.Realtime.Ingest.Protocol;

namespace Mainstay.Realtime.Ingest.Sessions;

/// <summary>The sessions that this process knows, also those whose client is away. Bounded: of those that nobody is connected to, the one longest away is forgotten first; a client then goes on by its own count.</summary>
internal sealed class SessionBook(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SessionId, SessionProgress> _sessions = [];
    private readonly HashSet<SessionId> _connected = [];

    /// <summary>The session that a start goes on with; null when it is not known, or is not this client's.</summary>
    public SessionProgress? Find(StartMessage start)
    {
        lock (_gate)
        {
            return start.Resume is { } claim
                && _sessions.TryGetValue(claim.Session, out var found)
                && (found.Tenant, found.Interaction) == (start.TenantId, start.InteractionId) ? found : null;
        }
    }

    public void Connected(SessionProgress session)
    {
        lock (_gate)
        {
            _sessions[session.Id] = session;
            _connected.Add(session.Id);
            if (_sessions.Count > capacity && _sessions.Values.Where(s => !_connected.Contains(s.Id)).MinBy(s => s.IdleSince) is { } oldest)
            {
                _sessions.Remove(oldest.Id);
            }
        }
    }

    public void Left(SessionProgress session)
    {
        lock (_gate)
        {
            _connected.Remove(session.Id);
        }
    }
}
