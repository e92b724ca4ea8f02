using System.Collections.Frozen;

namespace Mainstay.Edge.Tls;

/// <summary>Which certificate a server name gets: the exact name, else <c>*.</c> in place of its first label, else the first certificate.</summary>
internal sealed class CertificateTable<T>
    where T : class
{
    private readonly FrozenDictionary<string, T> _byName;
    private readonly FrozenDictionary<string, T>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly T? _first;

    /// <param name="entries">In the manifest's order; of two for one name the first wins.</param>
    public CertificateTable(IEnumerable<(string Host, T Certificate)> entries)
    {
        var byName = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        foreach (var (host, certificate) in entries)
        {
            _first ??= certificate;
            byName.TryAdd(host, certificate);
        }

        _byName = byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _lookup = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public T? Find(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return _first;
        }

        if (_byName.TryGetValue(name, out var exact))
        {
            return exact;
        }

        // A wildcard stands for one label (RFC 6125): *.example.com is not for a.b.example.com.
        var dot = name.IndexOf('.');
        return dot > 0 && _lookup.TryGetValue($"*{name[dot..]}", out var wildcard) ? wildcard : _first;
    }
}
