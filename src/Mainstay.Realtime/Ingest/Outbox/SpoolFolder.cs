using System.Globalization;
using Mainstay.SegmentLog;

namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>The folder of a service's spools: one for each process that runs, and those that processes left behind which were killed.</summary>
internal sealed class SpoolFolder(OutboxOptions options, TimeProvider time)
{
    private readonly HashSet<string> _unreadable = [];
    private int _made;

    /// <summary>A new one for this process.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public Spool Make()
    {
        // The time first, so that their names are in the order in which they were made.
        var name = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow().ToUnixTimeMilliseconds():D14}-{Environment.ProcessId}-{_made++}");
        return Open(Path.Combine(options.Directory, name));
    }

    /// <summary>Those that nobody has open, the oldest first, but for those that we have ourselves.</summary>
    /// <param name="unreadable">Told once of each that cannot be opened; it stays where it is.</param>
    public List<Spool> TakeOver(IReadOnlyCollection<string> ours, Action<string> unreadable)
    {
        var found = new List<Spool>();
        if (!Directory.Exists(options.Directory))
        {
            return found;
        }

        foreach (var directory in Directory.EnumerateDirectories(options.Directory).Order(StringComparer.Ordinal).Where(d => !ours.Contains(d)))
        {
            try
            {
                found.Add(Open(directory));
            }
            catch (LogInUseException)
            {
                // Its process lives.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (_unreadable.Add(directory))
                {
                    unreadable($"the spool {directory} cannot be opened, and its records are not sent: {e.Message}");
                }
            }
        }

        return found;
    }

    /// <summary>Closes it, and removes it when there is nothing in it that is still needed.</summary>
    public static async Task CloseAsync(Spool spool)
    {
        var isEmpty = spool.IsEmpty;
        if (!isEmpty)
        {
            spool.Commit();
        }

        await spool.DisposeAsync();
        if (isEmpty)
        {
            try
            {
                Directory.Delete(spool.Directory, recursive: true);
            }
            catch (IOException)
            {
                // Another process looks into it at this moment; it finds nothing, and removes it then.
            }
        }
    }

    private Spool Open(string directory) =>
        new(directory, DurableLog.Open(directory, new LogOptions(MaxBytes: options.SpoolBytes, WhenFull: FullPolicy.Reject), time));
}
