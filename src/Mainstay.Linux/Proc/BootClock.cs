using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Proc;

/// <summary>The clock by which the kernel dates the start of processes.</summary>
internal static unsafe class BootClock
{
    private const int CLOCK_BOOTTIME = 7;

    /// <summary>Now, in the unit of <see cref="ProcStat.StartTicks"/>.</summary>
    public static long Ticks
    {
        get
        {
            var now = stackalloc long[2];
            Libc.Check(Libc.ClockGetTime(CLOCK_BOOTTIME, now), "reading the boot clock");
            return (now[0] * ProcStat.TicksPerSecond) + (now[1] / (1_000_000_000 / ProcStat.TicksPerSecond));
        }
    }
}
