using System.Text.Json;
using System.Text.Json.Serialization;
using Mainstay.Journal;
using Mainstay.Linux.Proc;
using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon.Edge;

/// <summary>What the next daemon must know to find the serving worker again.</summary>
internal sealed record EdgeRecord(int Worker, int Pid, long StartTicks)
{
    private const string Kind = "edge";

    private const string Key = "worker";

    /// <summary>Null when the process is gone.</summary>
    public static EdgeRecord? Of(EdgeSurvivor survivor) =>
        ProcStat.Read(survivor.Pid) is { } stat ? new(survivor.Worker, survivor.Pid, stat.StartTicks) : null;

    public static EdgeRecord? Read(IJournal journal) =>
        journal.Read(Kind).TryGetValue(Key, out var json) ? JsonSerializer.Deserialize(json, EdgeRecordJson.Default.EdgeRecord) : null;

    public static void Write(IJournal journal, EdgeRecord? record, ILogger logger)
    {
        try
        {
            if (Read(journal) == record)
            {
                return;
            }

            journal.Commit(record is null
                ? new JournalBatch([], [new(Kind, Key)], [])
                : JournalBatch.Put(Kind, Key, JsonSerializer.Serialize(record, EdgeRecordJson.Default.EdgeRecord)));
        }
        catch (JournalException e)
        {
            // The edge serves on. A daemon that starts before this could be written kills nothing: it binds anew and says so.
            logger.EdgeRecordNotWritten(e.Message);
        }
    }
}

/// <summary>Whether the edge is wanted at all; a stack that was taken down keeps its manifest but has no edge.</summary>
internal static class EdgeWish
{
    private const string Kind = "edge";

    private const string Key = "wanted";

    public static bool Read(IJournal journal) => journal.Read(Kind).TryGetValue(Key, out var json) && json == "true";

    public static void Write(IJournal journal, bool wanted) => journal.Commit(JournalBatch.Put(Kind, Key, wanted ? "true" : "false"));
}

[JsonSerializable(typeof(EdgeRecord))]
internal sealed partial class EdgeRecordJson : JsonSerializerContext;
