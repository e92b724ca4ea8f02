namespace Mainstay.Preflight.Releases;

/// <summary>Where a program really lies: /usr/local/bin/node may be a link to /opt/node-v22/bin/node, with its other files around that.</summary>
internal static class LinkTarget
{
    /// <returns>The path itself when it is no link, or a broken one.</returns>
    public static string Of(string program)
    {
        try
        {
            return File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return program;
        }
    }
}
