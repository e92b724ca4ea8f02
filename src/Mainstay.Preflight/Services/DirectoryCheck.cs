using Mainstay.Linux.Files;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Services;

/// <summary>The directory in which a service starts.</summary>
internal static class DirectoryCheck
{
    /// <returns>Whether what lies in it can be looked for.</returns>
    public static bool Run(ServiceCase service, Findings findings)
    {
        var path = service.Service.Directory;
        var where = findings.At(service.Service.Span, "directory");
        var shown = ShownPath.Of(service.Stack, path);
        if (service.Host.Look(path).Kind is var kind && kind is not FileKind.Folder)
        {
            var (what, fix) = kind switch
            {
                FileKind.Hidden => ("cannot be looked at", $"let user \"{service.Host.Self.Name}\" enter the folders above it"),
                FileKind.Missing => ("does not exist", "create it, or correct \"directory\""),
                FileKind.Regular or FileKind.Other or FileKind.Folder => ("is not a directory", "name the folder in which the service shall start"),
            };
            findings.Error(HostCodes.DirectoryMissing, where, $"the directory {shown} of {service.Subject} {what}", fix);
            return false;
        }

        if (PathAccess.WhyNot(service.Host, service.User, path, Want.Execute) is { } whyNot)
        {
            findings.Error(HostCodes.DirectoryNotAccessible, where, $"{service.Subject} cannot start in its directory: {whyNot}", "let that user enter it (chmod o+x, or a group), or run the service as another user");
            return false;
        }

        return true;
    }
}
