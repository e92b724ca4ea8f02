using System.Globalization;
using Mainstay.Linux.Files;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Variables;

/// <summary>Env files hold secrets: nobody but the owner may read or change them, and the owner is ourselves, root, or the service's user.</summary>
internal static class EnvFileGuard
{
    private const UnixFileMode OfOthers = (UnixFileMode)0b000_111_111;

    public static void Check(EnvFileSpec file, StackSpec stack, ServiceSpec service, IHostFacts host, Findings findings)
    {
        var facts = host.Look(file.Path);
        if (facts.Kind is not FileKind.Regular)
        {
            return;
        }

        var shown = ShownPath.Of(stack, file.Path);
        if ((facts.Mode & OfOthers) != 0)
        {
            var mode = Convert.ToString((int)facts.Mode & 0b111_111_111, 8).PadLeft(4, '0');
            findings.Error(
                EnvironmentCodes.FileOpenToOthers,
                findings.At(file.Span),
                $"the env_file {shown} of service \"{service.Name}\" has mode {mode}: {Whom(facts.Mode)}",
                $"chmod 600 {shown}");
        }

        var servicesUser = service.User is { } name ? host.FindUser(name)?.Id : null;
        if (facts.Owner != 0 && facts.Owner != host.Self.Id && facts.Owner != servicesUser)
        {
            var owner = host.FindUser(facts.Owner.ToString(CultureInfo.InvariantCulture))?.Name ?? facts.Owner.ToString(CultureInfo.InvariantCulture);
            findings.Error(
                EnvironmentCodes.FileOfAnotherUser,
                findings.At(file.Span),
                $"the env_file {shown} of service \"{service.Name}\" belongs to user \"{owner}\", who can change what the service gets",
                $"chown {host.Self.Name} {shown}");
        }
    }

    private static string Whom(UnixFileMode mode) => (mode & OfOthers) switch
    {
        var m when (m & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0 => "other users can change it",
        var m when (m & UnixFileMode.OtherRead) != 0 => "every user can read it",
        _ => "its group can use it",
    };
}
