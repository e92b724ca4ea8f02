using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Releases;

/// <summary>The release's own word on which Node.js it runs with.</summary>
internal static class NodeEngineCheck
{
    public static IEnumerable<Problem> Run(NodePackage package, string where, Version? node)
    {
        if (node is not null && package.WantedNode is { } wanted && NodeVersion.IsWithin(node, wanted) is false)
        {
            yield return ReleaseCodes.OtherNodeWanted.Error(
                new Where(where, 0, 0, "engines.node"),
                $"{where} asks for Node.js {wanted}, but this host runs {node}",
                "install that version and let the command name it, or correct engines.node");
        }
    }
}
