using Mainstay.Preflight.Host;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Services;

/// <summary>As whom a service runs, and whether it can.</summary>
internal static class UserCheck
{
    /// <returns>The service's user; our own where the service names none or one that does not exist.</returns>
    public static HostUser Run(ReadableManifest manifest, ServiceSpec service, IHostFacts host, Findings findings)
    {
        // Nobody knows whom an unreadable user means, so nothing is held against it: root may enter and execute everything.
        if (!manifest.IsRead($"{service.Span.Path}.user"))
        {
            return new("root", 0, [0]);
        }

        if (service.User is not { } name)
        {
            return host.Self;
        }

        if (host.FindUser(name) is not { } user)
        {
            findings.Error(
                HostCodes.UserMissing, findings.At(service.Span, "user"), $"service \"{service.Name}\" runs as user \"{name}\", which this host does not have", $"create it (useradd --system {name}), or correct \"user\"");
            return host.Self;
        }

        if (!host.Self.IsRoot && user.Id != host.Self.Id)
        {
            findings.Error(
                HostCodes.UserNeedsRoot,
                findings.At(service.Span, "user"),
                $"service \"{service.Name}\" runs as user \"{name}\", but Mainstay runs as \"{host.Self.Name}\" and only root can change users",
                $"run Mainstay as root, or remove \"user\" from the service");
        }

        return user;
    }
}
