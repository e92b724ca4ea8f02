namespace Mainstay.Daemon.Edge;

/// <summary>Names that are in no snapshot any more, and since when: what is known of them is kept for a while, and only of so many.</summary>
internal sealed class EdgeDepartures(int most, TimeSpan keep)
{
    private readonly Dictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);
    private HashSet<string> _present = new(StringComparer.Ordinal);

    /// <param name="present">What the snapshot names.</param>
    /// <param name="known">What something is known of.</param>
    public void Present(HashSet<string> present, IEnumerable<string> known, DateTimeOffset now)
    {
        _present = present;
        foreach (var name in known)
        {
            Seen(name, now);
        }
    }

    /// <summary>Something has come to be known of it.</summary>
    public void Seen(string name, DateTimeOffset now)
    {
        if (_present.Contains(name))
        {
            _since.Remove(name);
        }
        else
        {
            _since.TryAdd(name, now);
        }
    }

    /// <summary>Those to forget; asked again, they are not named again.</summary>
    public List<string> Expired(DateTimeOffset now)
    {
        var expired = new List<string>();
        foreach (var (name, i) in _since.OrderByDescending(s => s.Value).Select((s, i) => (s.Key, i)))
        {
            if (i >= most || now - _since[name] >= keep)
            {
                expired.Add(name);
            }
        }

        foreach (var name in expired)
        {
            _since.Remove(name);
        }

        return expired;
    }
}
