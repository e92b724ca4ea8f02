namespace Mainstay.Edge.Counting;

/// <summary>Counters by name. Those whose bearer has left are kept until a daemon has heard of them and for an hour more, and only so many.</summary>
internal sealed class KeptByName<T>(int mostGone, long keepGone)
    where T : class
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public int Count => _entries.Count;

    public IEnumerable<T> All => _entries.Values.Select(e => e.Counters);

    /// <summary>Whoever asks has a bearer for them.</summary>
    public T GetOrAdd(string name, Func<string, T> make)
    {
        var counters = _entries.TryGetValue(name, out var entry) ? entry.Counters : make(name);
        _entries[name] = new(counters, null);
        return counters;
    }

    /// <summary>These are there at <paramref name="now"/>; all others have left, now or earlier.</summary>
    public void Present(IReadOnlySet<string> names, long now)
    {
        foreach (var (name, entry) in _entries)
        {
            _entries[name] = entry with { GoneAt = names.Contains(name) ? null : entry.GoneAt ?? now };
        }
    }

    /// <param name="told">When a daemon last heard everything.</param>
    public void Forget(long now, long told)
    {
        var gone = _entries.Where(e => e.Value.GoneAt is not null).OrderByDescending(e => e.Value.GoneAt).ToArray();
        for (var i = 0; i < gone.Length; i++)
        {
            var at = gone[i].Value.GoneAt!.Value;
            if (i >= mostGone || (now - at >= keepGone && told >= at))
            {
                _entries.Remove(gone[i].Key);
            }
        }
    }

    private sealed record Entry(T Counters, long? GoneAt);
}
