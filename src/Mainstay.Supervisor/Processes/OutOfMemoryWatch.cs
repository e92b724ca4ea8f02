using System.Globalization;

namespace Mainstay.Supervisor.Processes;

/// <summary>Tells whether the kernel killed something for memory in the last seconds, for processes that have no cgroup of their own to ask.</summary>
/// <remarks>
/// The kernel counts its kills for the whole host in /proc/vmstat. A death by a SIGKILL that we did not send, with that
/// count risen lately, is taken for one of them; each kill is credited once. It can be wrong when somebody kills a service by hand in
/// the very seconds in which the kernel kills another process. Where nobody looks now and then, "lately" is "since the last look".
/// </remarks>
internal sealed class OutOfMemoryWatch
{
    // A death is noticed within milliseconds; the count before it must be older than that, and young enough to mean anything.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly Func<string> _readVmStat;
    private readonly Lock _gate = new();
    private long _before;
    private long _lastSeen;
    private long _lastLook;

    public OutOfMemoryWatch(TimeProvider time)
        : this(time, () => File.Exists("/proc/vmstat") ? File.ReadAllText("/proc/vmstat") : "")
    {
    }

    internal OutOfMemoryWatch(TimeProvider time, Func<string> readVmStat)
    {
        _time = time;
        _readVmStat = readVmStat;
        _before = _lastSeen = Count(readVmStat());
        _lastLook = time.GetTimestamp();
    }

    /// <summary>Cheap enough to call with every sample of every service.</summary>
    public void Look()
    {
        lock (_gate)
        {
            if (_time.GetElapsedTime(_lastLook) >= BetweenLooks)
            {
                _before = Math.Max(_before, _lastSeen);
                _lastSeen = Count(_readVmStat());
                _lastLook = _time.GetTimestamp();
            }
        }
    }

    /// <summary>True once for each kill that is not older than two looks.</summary>
    public bool TakeOne()
    {
        lock (_gate)
        {
            if (Count(_readVmStat()) <= _before)
            {
                return false;
            }

            _before++;
            return true;
        }
    }

    private static long Count(string vmStat)
    {
        const string key = "\noom_kill ";
        var at = vmStat.IndexOf(key, StringComparison.Ordinal);
        if (at < 0)
        {
            return 0;
        }

        var value = vmStat.AsSpan(at + key.Length);
        var end = value.IndexOf('\n');
        return long.TryParse(end < 0 ? value : value[..end], CultureInfo.InvariantCulture, out var count) ? count : 0;
    }
}
