using Mainstay.Linux.Files;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.EdgeFiles;

/// <summary>The folder with the user's own error pages.</summary>
internal static class ErrorPagesCheck
{
    public static void Run(StackSpec stack, IHostFacts host, Findings findings)
    {
        if (stack.Edge.ErrorPages is not { } written)
        {
            return;
        }

        var folder = Path.TrimEndingDirectorySeparator(written);
        var where = findings.At(stack.Edge.Span, "error_pages");
        var shown = ShownPath.Of(stack, folder);
        if (host.Look(folder).Kind is not FileKind.Folder)
        {
            findings.Error(HostCodes.ErrorPagesMissing, where, $"the folder of the error pages, {shown}, does not exist", "create it, correct the path, or remove error_pages: built-in pages are then used");
        }
        else if (PathAccess.WhyNot(host, host.Self, folder, Want.Read | Want.Execute) is { } whyNot)
        {
            findings.Error(HostCodes.ErrorPagesMissing, where, $"the folder of the error pages cannot be read: {whyNot}", "let that user read it, or remove error_pages");
        }
    }
}
