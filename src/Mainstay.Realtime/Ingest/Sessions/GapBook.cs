using System.Globalization;

namespace Mainstay.Realtime.Ingest.Sessions;

/// <summary>What was lost and has not been recorded yet: neighbours of a session become one gap, so that a full disk costs no memory. Used from everywhere.</summary>
internal sealed class GapBook
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Gap> _open = [];
    private readonly SortedDictionary<string, long> _counted = new(StringComparer.Ordinal);
    private List<Gap> _closed = [];

    /// <summary>Frames by why they are missing, since the start.</summary>
    public IReadOnlyDictionary<string, long> Counted
    {
        get
        {
            lock (_gate)
            {
                return new SortedDictionary<string, long>(_counted, StringComparer.Ordinal);
            }
        }
    }

    public void Add(string tenant, string interaction, string session, long from, long to, string reason)
    {
        lock (_gate)
        {
            var kind = Kind(reason);
            _counted[kind] = _counted.GetValueOrDefault(kind) + to - from + 1;
        }

        AddAgain(tenant, interaction, session, from, to, reason);
    }

    /// <summary>Its record was itself given up.</summary>
    public void AddAgain(string tenant, string interaction, string session, long from, long to, string reason)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(session, out var gap))
            {
                if (gap.To + 1 == from && gap.Reason == reason)
                {
                    _open[session] = gap with { To = to };
                    return;
                }

                _closed.Add(gap);
            }

            _open[session] = new(tenant, interaction, session, from, to, reason);
        }
    }

    /// <summary>Everything that is to be recorded now.</summary>
    public IReadOnlyList<Gap> Take()
    {
        lock (_gate)
        {
            if (_open.Count == 0 && _closed.Count == 0)
            {
                return [];
            }

            List<Gap> all = [.. _closed, .. _open.Values];
            _closed = [];
            _open.Clear();
            return all;
        }
    }

    /// <summary>One of a few, as a label must be; what a broker says of a record it refuses differs each time.</summary>
    private static string Kind(string reason) => reason switch
    {
        "the client left them out" => "left_out",
        "the spool is full" or "neither the broker nor the spool takes records" => "no_room",
        _ => "refused",
    };

    internal sealed record Gap(string Tenant, string Interaction, string Session, long From, long To, string Reason)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Session} {From}-{To}");
    }
}
