using System.Collections.Immutable;
using Mainstay.Linux.Files;
using Mainstay.Preflight.Services;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Releases;

/// <summary>A service with a source runs what its releases hold: a command that names a file elsewhere would run that, whatever is deployed.</summary>
internal static class OutsideCodeCheck
{
    public static void Run(ServiceCase service, Findings findings)
    {
        if (service.Service.Rollout.Source is not { } source || !service.IsRead("source") || !service.IsRead("command") || !service.IsRead("shell"))
        {
            return;
        }

        var command = service.Service.Command;
        foreach (var path in CommandCode.Simple(command).Select(NamedOutside).OfType<string>().Where(p => IsOutside(service, source, p)).Distinct())
        {
            findings.Error(
                ReleaseCodes.CodeOutside,
                findings.At(command.Span),
                $"{service.Subject} has a source, but its command runs {path}, which is in none of its releases: whatever is deployed, that file would run",
                "name the file relative to the release, for example \"node server.js\"; \"directory\" says where in the release the command begins");
        }
    }

    /// <summary>The file that a simple command runs when it is named by its whole path; a program of an interpreter's own is none.</summary>
    private static string? NamedOutside(ImmutableArray<string> words)
    {
        var code = CommandCode.Of(words[0], words.Skip(1));
        return code.Kind is CodeKind.File or CodeKind.Program && Path.IsPathRooted(code.Text) && !HostPlaces.IsBeside(words[0], code.Text)
            ? Path.GetFullPath(code.Text)
            : null;
    }

    private static bool IsOutside(ServiceCase service, SourceSpec source, string path) =>
        service.Host.Look(path).Kind is FileKind.Regular
        && (!HostPlaces.IsSystem(path) || (HostPlaces.OriginOf(source) is { } origin && HostPlaces.IsWithin(origin, path)));
}
