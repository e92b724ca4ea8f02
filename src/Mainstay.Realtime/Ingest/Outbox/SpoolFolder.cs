using System.Globalization;
using Mainstay.SegmentLog;

namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>The folder of a service's spools: one for each process that runs, and those that processes left behind which were killed.</summary>
/// <param name="damaged">Told once of each spool that cannot be opened, tidied or removed; it stays where it is.</param>
internal sealed class SpoolFolder(OutboxOptions options, TimeProvider time, Action<string> damaged)
{
    private readonly HashSet<string> _told = [];
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
    public List<Spool> TakeOver(IReadOnlyCollection<string> ours)
    {
        var found = new List<Spool>();
        foreach (var directory in Directories().Where(d => !ours.Contains(d)))
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
                TellOnce($"the spool {directory} cannot be opened, and its records are not sent: {e.Message}");
            }
        }

        return found;
    }

    /// <summary>Closes it, and removes it when there is nothing in it that is still needed. What the disk does not take then is told of, and no more: a process that ends must come to its end.</summary>
    public async Task CloseAsync(Spool spool)
    {
        var isEmpty = spool.IsEmpty;
        try
        {
            if (!isEmpty)
            {
                spool.Commit();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TellOnce($"how far the spool {spool.Directory} has been sent could not be written, and some of it may be sent twice: {e.Message}");
        }

        await spool.DisposeAsync();
        if (isEmpty)
        {
            Remove(spool.Directory);
        }
    }

    private void Remove(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (IOException)
        {
            // Another process looks into it at this moment; it finds nothing, and removes it then.
        }
        catch (UnauthorizedAccessException e)
        {
            TellOnce($"the spool {directory} is empty and could not be removed; remove it by hand, or let this user write there: {e.Message}");
        }
    }

    private string[] Directories()
    {
        try
        {
            return Directory.Exists(options.Directory) ? [.. Directory.EnumerateDirectories(options.Directory).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TellOnce($"what other processes left in {options.Directory} cannot be looked for, and is not sent: {e.Message}");
            return [];
        }
    }

    private void TellOnce(string what)
    {
        if (_told.Add(what))
        {
            damaged(what);
        }
    }

    private Spool Open(string directory) =>
        new(directory, DurableLog.Open(directory, new LogOptions(MaxBytes: options.SpoolBytes, WhenFull: FullPolicy.Reject), time));
}
