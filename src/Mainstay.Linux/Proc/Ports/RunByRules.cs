using System.Text.RegularExpressions;

namespace Mainstay.Linux.Proc.Ports;

/// <summary>
/// Decides who runs a process from plain facts. The nearest keeper wins: Mainstay's and PM2's own marks in the environment come before
/// the container or unit in which both of them may themselves run.
/// </summary>
internal static partial class RunByRules
{
    /// <param name="ancestors">The parent first.</param>
    /// <param name="ownCgroups">Of the asking process: the container that both are in runs neither from here.</param>
    public static RunBy Of(ProcessFacts process, IReadOnlyList<ProcessFacts> ancestors, IReadOnlyCollection<string> ownCgroups)
    {
        if (process.Variables.TryGetValue("MAINSTAY_SERVICE", out var service))
        {
            return new RunBy.Mainstay(process.Variables.GetValueOrDefault("MAINSTAY_STACK"), service);
        }

        return (RunBy?)OurRole(process) ?? Pm2Of(process, ancestors) ?? DockerOf(process, ownCgroups) ?? (RunBy?)SystemdOf(process) ?? new RunBy.Nobody();
    }

    /// <summary><c>…/mainstay daemon --home H</c> or <c>…/mainstay edge --control H/run/edge-1.sock</c>, with or without dotnet before it.</summary>
    private static RunBy.MainstayItself? OurRole(ProcessFacts process)
    {
        var arguments = process.Arguments.SkipWhile(a => Path.GetFileNameWithoutExtension(a) != "mainstay").Skip(1).ToArray();
        return arguments switch
        {
            ["daemon", .. var rest] => new RunBy.MainstayItself("daemon", rest.SkipWhile(a => a != "--home").Skip(1).FirstOrDefault()),
            ["edge", "--control", var socket, ..] => new RunBy.MainstayItself("edge", Path.GetDirectoryName(Path.GetDirectoryName(socket))),
            _ => null,
        };
    }

    private static RunBy.Pm2? Pm2Of(ProcessFacts process, IReadOnlyList<ProcessFacts> ancestors)
    {
        if (process.Variables.ContainsKey("pm_id"))
        {
            return new(process.Variables.GetValueOrDefault("name"), process.Variables.GetValueOrDefault("PM2_HOME"));
        }

        return ancestors.Prepend(process).Select(p => GodDaemon().Match(string.Join(' ', p.Arguments))).FirstOrDefault(m => m.Success) is { } god
            ? new(null, god.Groups["home"].Value)
            : null;
    }

    private static RunBy.Docker? DockerOf(ProcessFacts process, IReadOnlyCollection<string> ownCgroups)
    {
        if (process.Name == "docker-proxy")
        {
            return new((string?)null);
        }

        return process.Cgroups.Except(ownCgroups).Select(c => Container().Match(c)).FirstOrDefault(m => m.Success) is { } container
            ? new(container.Groups["id"].Value[..12])
            : null;
    }

    private static RunBy.Systemd? SystemdOf(ProcessFacts process)
    {
        foreach (var path in process.Cgroups)
        {
            var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            var unit = parts.LastOrDefault(p => p.EndsWith(".service", StringComparison.Ordinal));

            // user@1000.service is the user's own systemd, under which every program of a login may run: it keeps nothing alive by itself.
            if (unit is not null && !unit.StartsWith("user@", StringComparison.Ordinal))
            {
                return new(unit, parts.Any(p => p.StartsWith("user@", StringComparison.Ordinal)));
            }
        }

        return null;
    }

    [GeneratedRegex(@"^PM2 v\S+: God Daemon \((?<home>[^)]*)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex GodDaemon();

    [GeneratedRegex("(docker|cri-containerd|crio|libpod|kubepods|containers)[-/].*?(?<id>[0-9a-f]{64})|/docker/(?<id>[0-9a-f]{64})", RegexOptions.ExplicitCapture)]
    private static partial Regex Container();
}
