using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Mainstay.Journal;
using Microsoft.Extensions.Logging;

namespace Mainstay.Supervisor.Adoption;

/// <summary>
/// The supervisor's way into the journal. Two promises are kept apart: what must be written before the act that follows
/// (<see cref="Commit"/>: the wishes of users, the intent to spawn), and what should be written but must not keep a service from
/// being watched when the disk is full (<see cref="Save"/>: it is kept here, newest per record, and written as soon as that works).
/// </summary>
internal sealed class Ledger(IJournal journal, TimeProvider time, ILogger logger)
{
    /// <summary>Of the events that could not be written, the newest so many are kept.</summary>
    private const int UnsavedEvents = 200;

    private const string RunsKey = "runs";

    private readonly Lock _gate = new();
    private readonly SortedDictionary<(string Kind, string Key), string?> _unsaved = [];
    private readonly Queue<JournalEvent> _unsavedEvents = [];
    private long _newestRun = ReadRuns(journal);
    private bool _runsChanged;

    /// <summary>Why the last write failed; null when it did not.</summary>
    public string? Fault { get; private set; }

    public ImmutableSortedDictionary<string, string> Read(string kind) => journal.Read(kind);

    /// <summary>A name for a process that no process of this home had before. It is safe to use once any later commit has succeeded.</summary>
    public string NextRun(string instance)
    {
        lock (_gate)
        {
            _newestRun++;
            _runsChanged = true;
            return string.Create(CultureInfo.InvariantCulture, $"{instance}.r{_newestRun}");
        }
    }

    /// <summary>Writes the batch, and with it everything that could not be written before. Throws <see cref="JournalException"/>; the batch is then forgotten.</summary>
    public void Commit(JournalBatch batch)
    {
        lock (_gate)
        {
            Write(batch);
        }
    }

    /// <summary>Writes the batch now or, when the journal cannot be written, as soon as it can.</summary>
    public void Save(JournalBatch batch)
    {
        lock (_gate)
        {
            try
            {
                Write(batch);
            }
            catch (JournalException)
            {
                Keep(batch);
            }
        }
    }

    /// <summary>Tries again to write what could not be written.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (Fault is not null)
            {
                Save(JournalBatch.Empty);
            }
        }
    }

    public JournalEvent Event(string kind, string? service, string? instance, string because) => new(0, time.GetUtcNow(), kind, service, instance, because);

    private void Write(JournalBatch batch)
    {
        try
        {
            journal.Commit(Merge(batch));
        }
        catch (JournalException e)
        {
            if (Fault is null)
            {
                logger.JournalRefused(e.Message);
            }

            Fault = e.Message;
            throw;
        }

        if (Fault is not null)
        {
            logger.JournalWritable(_unsaved.Count);
        }

        Fault = null;
        _runsChanged = false;
        _unsaved.Clear();
        _unsavedEvents.Clear();
    }

    private JournalBatch Merge(JournalBatch batch)
    {
        if (_unsaved.Count == 0 && _unsavedEvents.Count == 0 && !_runsChanged)
        {
            return batch;
        }

        var merged = new SortedDictionary<(string Kind, string Key), string?>(_unsaved);
        Overlay(merged, batch);
        if (_runsChanged)
        {
            merged[(RecordKind.Home, RunsKey)] = JsonSerializer.Serialize(new RunsRecord(_newestRun), SupervisorJson.Default.RunsRecord);
        }

        return new(
            [.. merged.Where(m => m.Value is not null).Select(m => new JournalPut(m.Key.Kind, m.Key.Key, m.Value!))],
            [.. merged.Where(m => m.Value is null).Select(m => new JournalDelete(m.Key.Kind, m.Key.Key))],
            [.. _unsavedEvents, .. batch.Events]);
    }

    private void Keep(JournalBatch batch)
    {
        Overlay(_unsaved, batch);
        foreach (var e in batch.Events)
        {
            _unsavedEvents.Enqueue(e);
            if (_unsavedEvents.Count > UnsavedEvents)
            {
                _unsavedEvents.Dequeue();
            }
        }
    }

    private static void Overlay(SortedDictionary<(string Kind, string Key), string?> onto, JournalBatch batch)
    {
        foreach (var put in batch.Puts)
        {
            onto[(put.Kind, put.Key)] = put.Json;
        }

        foreach (var delete in batch.Deletes)
        {
            onto[(delete.Kind, delete.Key)] = null;
        }
    }

    private static long ReadRuns(IJournal journal) =>
        journal.Read(RecordKind.Home).GetValueOrDefault(RunsKey) is { } json ? SupervisorJson.Parse(json, SupervisorJson.Default.RunsRecord).Newest : 0;
}
