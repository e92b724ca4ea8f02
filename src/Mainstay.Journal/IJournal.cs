using System.Collections.Immutable;

namespace Mainstay.Journal;

/// <summary>What must survive everything. One writer (the daemon); after a crash at any write it holds the old or the new state of each batch.</summary>
public interface IJournal : IDisposable
{
    /// <summary>Every record of a kind, by key.</summary>
    ImmutableSortedDictionary<string, string> Read(string kind);

    /// <summary>Writes the whole batch or nothing. Throws <see cref="JournalException"/> when it could not; the state is then unchanged.</summary>
    void Commit(JournalBatch batch);

    /// <summary>The newest events first kept, oldest of them first; at most <paramref name="limit"/>, with ids greater than <paramref name="afterId"/>.</summary>
    ImmutableArray<JournalEvent> Events(long afterId, int limit);
}

/// <summary>A record is one JSON text under a kind and a key. The journal does not know what it means.</summary>
public readonly record struct JournalPut(string Kind, string Key, string Json);

public readonly record struct JournalDelete(string Kind, string Key);

/// <summary>An entry of the bounded event log. <paramref name="Id"/> is given by the journal on commit (pass 0) and only grows.</summary>
public sealed record JournalEvent(long Id, DateTimeOffset At, string Kind, string? Service, string? Instance, string Because);

public sealed record JournalBatch(
    ImmutableArray<JournalPut> Puts,
    ImmutableArray<JournalDelete> Deletes,
    ImmutableArray<JournalEvent> Events)
{
    public static JournalBatch Empty { get; } = new([], [], []);

    public static JournalBatch Put(string kind, string key, string json) => new([new(kind, key, json)], [], []);
}

/// <summary>The journal could not be read or written; what and where is in the message. The file is kept as it is.</summary>
public sealed class JournalException(string message, Exception? inner = null) : Exception(message, inner);
