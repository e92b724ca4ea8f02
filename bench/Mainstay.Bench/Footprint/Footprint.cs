using System.Diagnostics;
using Mainstay.Bench.Report;
using Mainstay.Harness.Processes;

namespace Mainstay.Bench.Footprint;

/// <summary>What a supervisor's own processes cost while nothing happens: bytes, and the share of one core.</summary>
internal sealed record Footprint(long Resident, long Private, long Dirty, double IdleCpuPercent)
{
    public static async Task<Footprint> OfAsync(IReadOnlyCollection<int> pids, TimeSpan watch)
    {
        var (before, start) = (ProcFs.CpuSeconds(pids), Stopwatch.GetTimestamp());
        await Task.Delay(watch, TimeProvider.System, CancellationToken.None);
        var cpu = (ProcFs.CpuSeconds(pids) - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new(pids.Sum(ProcFs.ResidentBytes), pids.Sum(ProcFs.PrivateBytes), pids.Sum(ProcFs.DirtyBytes), cpu * 100);
    }

    public Row Row(int services, string process, Samples? list) => new(
        ("services", services),
        ("process", process),
        ("RSS MB", Resident / 1e6),
        ("private MB", Private / 1e6),
        ("of it dirty MB", Dirty / 1e6),
        ("idle CPU % of a core", IdleCpuPercent),
        ("list ms", list?.Median),
        ("list ms, worst", list?.Worst));
}
