using System.Text.Json;
using Mainstay.Journal;

namespace Mainstay.Supervisor.Adoption;

/// <summary>
/// The steady clock of a home: never steps, whatever happens to the wall clock, and goes on across daemons. Within one boot it is
/// the kernel's monotonic clock plus an offset; at a new boot, whose monotonic clock begins again, the offset is chosen so that
/// time goes on from the newest moment that the journal knows. What lies between is not counted, which can only keep a brake longer.
/// </summary>
internal sealed class HomeClock
{
    private const string Key = "clock";

    private readonly TimeProvider _time;
    private readonly TimeSpan _offset;

    private HomeClock(TimeProvider time, TimeSpan offset, bool isNewBoot)
    {
        _time = time;
        _offset = offset;
        IsNewBoot = isNewBoot;
    }

    /// <summary>The host has been started since the journal was last written: no process of ours can be alive.</summary>
    public bool IsNewBoot { get; }

    public TimeSpan Now => _offset + Uptime(_time);

    /// <summary>Throws <see cref="JournalException"/> when the record of the clock cannot be understood.</summary>
    /// <param name="newest">The newest moment in any record.</param>
    public static HomeClock Resume(IJournal journal, TimeProvider time, string bootId, TimeSpan newest)
    {
        var known = journal.Read(RecordKind.Home).GetValueOrDefault(Key) is { } json ? SupervisorJson.Parse(json, SupervisorJson.Default.ClockRecord) : null;
        if (known?.BootId == bootId)
        {
            return new(time, known.Offset, isNewBoot: false);
        }

        return new(time, newest - Uptime(time), isNewBoot: known is not null);
    }

    public JournalPut Record(string bootId) => new(RecordKind.Home, Key, JsonSerializer.Serialize(new ClockRecord(bootId, _offset), SupervisorJson.Default.ClockRecord));

    private static TimeSpan Uptime(TimeProvider time)
    {
        var (seconds, rest) = Math.DivRem(time.GetTimestamp(), time.TimestampFrequency);
        return new(checked((seconds * TimeSpan.TicksPerSecond) + (rest * TimeSpan.TicksPerSecond / time.TimestampFrequency)));
    }
}

/// <summary>Which boot of the host the steady clock's offset belongs to.</summary>
internal sealed record ClockRecord(string BootId, TimeSpan Offset);
