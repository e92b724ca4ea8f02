using System.Runtime.CompilerServices;

namespace Mainstay.Contracts.Logs;

/// <summary>Reads services' logs from their files, merged by time. It asks no daemon, so a slow or suspended reader costs nobody anything.</summary>
public sealed class LogTail(HomeLayout home, TimeProvider time)
{
    /// <summary>How often a follower looks for news.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(150);

    /// <summary>Names of the services that have logs in this home, in ordinal order; also of services that no longer exist.</summary>
    public IReadOnlyList<string> Services()
    {
        try
        {
            return [.. Directory.GetDirectories(home.AllServiceLogs).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Streams the records that <paramref name="query"/> asks for, oldest first; within one service never out of the order of its file.</summary>
    public async IAsyncEnumerable<LogRecord> ReadAsync(LogQuery query, [EnumeratorCancellation] CancellationToken token)
    {
        using var feeds = new MergedFeeds(query);
        feeds.Open(Wanted(query).Select(s => (s, new LogFolder(home.ServiceLogs(s)))));
        while (true)
        {
            while (feeds.TryNext(out var record))
            {
                token.ThrowIfCancellationRequested();
                yield return record;
            }

            if (!query.Follow)
            {
                yield break;
            }

            await Task.Delay(PollInterval, time, token).ConfigureAwait(false);
            foreach (var service in Wanted(query))
            {
                feeds.Join(service, new LogFolder(home.ServiceLogs(service)));
            }

            feeds.LookAgain();
        }
    }

    private IReadOnlyList<string> Wanted(LogQuery query) => query.Services.IsDefaultOrEmpty ? Services() : query.Services;
}
