using Mainstay.Spec.Diff;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Planning;

/// <summary>A service of the manifest, put into a release.</summary>
public static class ReleasedService
{
    /// <param name="declared">With a source, and a directory relative to the release's root.</param>
    /// <param name="root">The release's root, absolute.</param>
    public static AppliedService Of(AppliedService declared, string root, string release)
    {
        var spec = declared.Spec with { Directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(root, declared.Spec.Directory))) };
        return declared with { Spec = spec, Revision = Revision.Of(spec, Revision.EnvironmentDigest(declared.Environment)), Release = release };
    }
}
