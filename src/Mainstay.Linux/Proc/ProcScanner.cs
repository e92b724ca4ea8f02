namespace Mainstay.Linux.Proc;

/// <summary>Shares scans of /proc between all who ask: 500 services that are sampled or stopped together cost a few scans, not 500.</summary>
public sealed class ProcScanner(TimeProvider time, string markVariable)
{
    private readonly Lock _scanning = new();
    private (long StartedAt, ProcTable Table)? _table;
    private (long StartedAt, RunMarks Marks)? _marks;

    /// <summary>A table that is at most this old.</summary>
    public ProcTable Recent(TimeSpan age)
    {
        lock (_scanning)
        {
            return _table is { } last && time.GetElapsedTime(last.StartedAt) <= age ? last.Table : Scan();
        }
    }

    /// <summary>The marks of a scan that began after this call did. Those who wait while one is made share the next.</summary>
    public RunMarks FreshMarks()
    {
        var asked = time.GetTimestamp();
        lock (_scanning)
        {
            return _marks is { } last && last.StartedAt > asked ? last.Marks : ScanMarks();
        }
    }

    /// <summary>Marks that are at most this old.</summary>
    public RunMarks RecentMarks(TimeSpan age)
    {
        lock (_scanning)
        {
            return _marks is { } last && time.GetElapsedTime(last.StartedAt) <= age ? last.Marks : ScanMarks();
        }
    }

    private ProcTable Scan()
    {
        var started = time.GetTimestamp();
        var table = ProcTable.Snapshot();
        _table = (started, table);
        return table;
    }

    private RunMarks ScanMarks()
    {
        var started = time.GetTimestamp();
        var marks = RunMarks.Of(Scan(), markVariable, _marks?.Marks);
        _marks = (started, marks);
        return marks;
    }
}
