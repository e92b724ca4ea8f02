namespace Mainstay.Contracts.Logs;

/// <summary>Several services' feeds as one, the oldest record first. Holds one record per service.</summary>
internal sealed class MergedFeeds(LogQuery query) : IDisposable
{
    private readonly Dictionary<string, LogFeed> _feeds = new(StringComparer.Ordinal);
    private readonly PriorityQueue<(LogFeed Feed, LogRecord Record), (DateTimeOffset At, long Order)> _heads = new();
    private readonly List<LogFeed> _quiet = [];
    private long _order;

    public void Open(IEnumerable<(string Service, LogFolder Folder)> services)
    {
        var opened = services.Select(s => (s.Service, s.Folder, Snapshot: LogSnapshot.Take(s.Folder))).ToList();
        var starts = query.Last is { } last ? LastOf(opened, last) : null;
        for (var i = 0; i < opened.Count; i++)
        {
            var (service, folder, snapshot) = opened[i];
            var start = starts is not null ? starts[i]
                : query.Since is { } since ? LogSelection.Since(folder, snapshot, since)
                : null;
            Add(service, folder, snapshot, start);
        }

        LookAgain();
    }

    /// <summary>A service that appeared while following: all of it is news.</summary>
    public void Join(string service, LogFolder folder)
    {
        if (!_feeds.ContainsKey(service))
        {
            Add(service, folder, LogSnapshot.Take(folder), null);
        }
    }

    public bool TryNext(out LogRecord record)
    {
        if (!_heads.TryDequeue(out var head, out _))
        {
            record = null!;
            return false;
        }

        record = head.Record;
        Queue(head.Feed);
        return true;
    }

    /// <summary>Asks those feeds again that had nothing.</summary>
    public void LookAgain()
    {
        var quiet = _quiet.ToArray();
        _quiet.Clear();
        foreach (var feed in quiet)
        {
            Queue(feed);
        }
    }

    public void Dispose()
    {
        foreach (var feed in _feeds.Values)
        {
            feed.Dispose();
        }
    }

    private void Add(string service, LogFolder folder, LogSnapshot snapshot, LogStart? start)
    {
        var feed = new LogFeed(service, folder, query.Of(service));
        feed.Open(snapshot, start);
        _feeds.Add(service, feed);
        _quiet.Add(feed);
    }

    private void Queue(LogFeed feed)
    {
        if (feed.TryNext(out var record))
        {
            _heads.Enqueue((feed, record), (record.At, _order++));
        }
        else
        {
            _quiet.Add(feed);
        }
    }

    /// <summary>Where each service has to begin so that together they have exactly <paramref name="count"/> records, or all there are.</summary>
    private LogStart[] LastOf(List<(string Service, LogFolder Folder, LogSnapshot Snapshot)> services, int count)
    {
        // A service of which nothing is wanted begins at the end of its live file.
        var starts = services.Select(s => new LogStart(null, s.Snapshot.LiveLength)).ToArray();
        var walks = services.Select(s => new LogLastLines(s.Folder, s.Snapshot, query.Of(s.Service))).ToArray();
        try
        {
            var newest = new PriorityQueue<int, long>();
            for (var i = 0; i < walks.Length; i++)
            {
                Step(i);
            }

            for (var taken = 0; taken < count && newest.TryDequeue(out var i, out _); taken++)
            {
                starts[i] = walks[i].Start;
                Step(i);
            }

            return starts;

            void Step(int i)
            {
                if (walks[i].MoveBack())
                {
                    newest.Enqueue(i, -walks[i].At.UtcTicks);
                }
            }
        }
        finally
        {
            foreach (var walk in walks)
            {
                walk.Dispose();
            }
        }
    }
}
