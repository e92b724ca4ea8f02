namespace Mainstay.Edge.Guards.RateLimits;

/// <summary>
/// The states of many keys in bounded memory: 16 bytes each. Shards with a lock of their own, and in each a table of buckets of eight. A full bucket first gives away what is whole again anyway; then the shard grows; at its largest, the key that
/// is whole soonest goes, which loses least by it.
/// </summary>
/// <param name="capacity">Of keys, at most.</param>
internal sealed class LimitTable(int capacity = LimitTable.DefaultCapacity)
{
    public const int DefaultCapacity = 1 << 20;

    private const int Shards = 64;
    private const int Bucket = 8;
    private const int FirstEntries = 8 * Bucket;

    private readonly Shard[] _shards = [.. Enumerable.Range(0, Shards).Select(_ => new Shard(Math.Max(Bucket, capacity / Shards)))];

    /// <summary>Entries that there is memory for now.</summary>
    public long Allocated => _shards.Sum(s => (long)s.Length);

    /// <returns>0 when one would be let through now, else how long until then; and the key's state.</returns>
    public (long Wait, long WholeAt) Look(ulong key, in Gcra rule, long now)
    {
        var wholeAt = _shards[key % Shards].Find(Named(key));
        return (rule.Wait(wholeAt, now), wholeAt);
    }

    /// <summary>One request, if it is let through.</summary>
    public (long Wait, long WholeAt) Take(ulong key, in Gcra rule, long now) => _shards[key % Shards].Take(Named(key), rule, now);

    public void GiveBack(ulong key, in Gcra rule) => _shards[key % Shards].GiveBack(Named(key), rule);

    /// <summary>0 marks an empty place.</summary>
    private static ulong Named(ulong key) => key == 0 ? 1 : key;

    private struct Entry
    {
        public ulong Key;
        public long WholeAt;
    }

    private sealed class Shard(int most)
    {
        private readonly Lock _gate = new();
        private Entry[] _entries = new Entry[Math.Min(FirstEntries, Largest(most))];

        public int Length => _entries.Length;

        public long Find(ulong key)
        {
            lock (_gate)
            {
                ref var entry = ref Search(_entries, key);
                return entry.Key == key ? entry.WholeAt : long.MinValue;
            }
        }

        public (long Wait, long WholeAt) Take(ulong key, in Gcra rule, long now)
        {
            lock (_gate)
            {
                ref var entry = ref Place(key, now);
                var before = entry.Key == key ? entry.WholeAt : long.MinValue;
                if (rule.Wait(before, now) is > 0 and var wait)
                {
                    return (wait, before);
                }

                entry.Key = key;
                entry.WholeAt = rule.Take(before, now);
                return (0, entry.WholeAt);
            }
        }

        public void GiveBack(ulong key, in Gcra rule)
        {
            lock (_gate)
            {
                ref var entry = ref Search(_entries, key);
                if (entry.Key == key)
                {
                    entry.WholeAt = rule.GiveBack(entry.WholeAt);
                }
            }
        }

        private ref Entry Place(ulong key, long now)
        {
            while (true)
            {
                ref var entry = ref Search(_entries, key);
                if (entry.Key == key || entry.Key == 0 || entry.WholeAt <= now || _entries.Length >= Largest(most))
                {
                    return ref entry;
                }

                Grow(now);
            }
        }

        /// <summary>The key's entry; else an empty one; else the one that is whole soonest.</summary>
        private static ref Entry Search(Entry[] entries, ulong key)
        {
            var first = (int)(key / Shards % (ulong)(entries.Length / Bucket)) * Bucket;
            ref var best = ref entries[first];
            foreach (ref var entry in entries.AsSpan(first, Bucket))
            {
                if (entry.Key == key)
                {
                    return ref entry;
                }

                if (best.Key != 0 && (entry.Key == 0 || entry.WholeAt < best.WholeAt))
                {
                    best = ref entry;
                }
            }

            return ref best;
        }

        private void Grow(long now)
        {
            var larger = new Entry[_entries.Length * 2];
            foreach (ref readonly var entry in _entries.AsSpan())
            {
                if (entry.Key != 0 && entry.WholeAt > now)
                {
                    Search(larger, entry.Key) = entry;
                }
            }

            _entries = larger;
        }

        /// <summary>A power of two, so that doubling meets it.</summary>
        private static int Largest(int most) => Bucket * (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, most / Bucket));
    }
}
