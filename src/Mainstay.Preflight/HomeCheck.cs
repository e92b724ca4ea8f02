using System.Globalization;
using Mainstay.Linux.Files;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight;

/// <summary>Whether Mainstay itself has a place to write.</summary>
internal static class HomeCheck
{
    private const long Least = 100_000_000;
    private const long Low = 1_000_000_000;

    public static void Run(PreflightHost host, Findings findings)
    {
        var home = host.Home.Root;
        var where = new Where(home, 0, 0, "");
        if (WhyNotWritable(host.Facts, home) is { } whyNot)
        {
            findings.Error(HostCodes.HomeNotWritable, where, $"Mainstay's home {home} cannot be used: {whyNot}", "choose another home with --home or MAINSTAY_HOME, or correct its owner and mode");
        }

        if (host.Facts.FreeBytes(home) is not { } free || free >= Low)
        {
            return;
        }

        var left = string.Create(CultureInfo.InvariantCulture, $"the disk of Mainstay's home {home} has {free / 1_000_000} MB left");
        if (free < Least)
        {
            findings.Error(HostCodes.DiskFull, where, $"{left}; at least {Least / 1_000_000} MB are needed for the journal and the logs", "free space, or choose a home on another disk");
        }
        else
        {
            findings.Warn(HostCodes.DiskLow, where, left, "free space soon: a full disk stops logs, and then deploys");
        }
    }

    private static string? WhyNotWritable(IHostFacts host, string home)
    {
        var place = home;
        while (host.Look(place).Kind is FileKind.Missing && Path.GetDirectoryName(place) is { Length: > 0 } above)
        {
            place = above;
        }

        return host.Look(place).Kind is FileKind.Regular or FileKind.Other
            ? $"{place} is not a folder"
            : PathAccess.WhyNot(host, host.Self, place, Want.Write | Want.Execute);
    }
}
