using System.Net.Sockets;
using Mainstay.Cli.Connection;
using Mainstay.Cli.Output;
using Mainstay.Cli.Verbs;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Doctor;

/// <summary>Whether a daemon answers, whether it is of our version, and whether something runs that it does not know of. Starts none.</summary>
internal static class DaemonExamination
{
    public static async Task<List<Finding>> ExamineAsync(VerbContext context, CancellationToken token)
    {
        var findings = new List<Finding>();
        StatusDocument? status = null;
        try
        {
            if (await context.Connector.FindAsync(token) is { } client)
            {
                var version = await client.VersionAsync(token);
                status = await client.StatusAsync(token);
                findings.AddRange(Running(version, status));
            }
            else
            {
                findings.Add(new(FindingLevel.Ok, "daemon", $"none runs in {context.Home.Root}; a command that needs one starts it"));
            }
        }
        catch (CommandFailedException e)
        {
            findings.Add(new(FindingLevel.Bad, "daemon", e.Lines[0], e.Lines.Count > 1 ? e.Lines[^1] : null));
        }
        catch (Exception e) when (e is RefusedByDaemonException or SocketException or IOException)
        {
            findings.Add(new(FindingLevel.Bad, "daemon", $"it does not answer as it should: {e.Message}", $"tail {context.Home.DaemonLog}"));
        }

        findings.Add(Leftovers(context.Home, status));
        return findings;
    }

    private static IEnumerable<Finding> Running(VersionDocument version, StatusDocument status)
    {
        var what = $"pid {version.Pid}, version {version.Version}, up {Words.Duration(status.Daemon.UptimeS)}";
        yield return version.Version == VersionVerb.Own
            ? new(FindingLevel.Ok, "daemon", what)
            : new(FindingLevel.Note, "daemon", $"{what}; this command is version {VersionVerb.Own}", "replace the daemon: kill it, and the next command starts the new version, which adopts what runs");
        if (status.Edge.State is not ("none" or "running"))
        {
            yield return new(FindingLevel.Bad, "edge", $"{status.Edge.State}: {status.Edge.Because}", "mainstay events -n 20");
        }
    }

    private static Finding Leftovers(HomeLayout home, StatusDocument? status)
    {
        var known = status is null ? [] : status.Services.SelectMany(s => s.Instances).Select(i => i.Pid).OfType<int>().ToHashSet();
        var found = ServiceProcesses.Of(home, known);
        var pids = string.Join(", ", found.Take(10));
        return (found.Count, status) switch
        {
            (0, _) => new(FindingLevel.Ok, "processes", "none runs that the daemon does not know of"),
            (_, null) => new(FindingLevel.Note, "processes", $"{Words.Count(found.Count, "process", "processes")} of this home run without a daemon: pid {pids}", "mainstay status   (starts a daemon, which adopts them)"),

            // Not wrong by itself: a process that was replaced drains for a while.
            _ => new(FindingLevel.Note, "processes", $"{Words.Count(found.Count, "process", "processes")} of this home run that status does not show: pid {pids}", "look at them (ps); when no reload is draining them, end them (kill)"),
        };
    }
}
