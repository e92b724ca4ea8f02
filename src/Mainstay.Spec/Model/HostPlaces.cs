namespace Mainstay.Spec.Model;

/// <summary>Which files belong to the host and which to whoever wrote the service: a release must hold the latter, and nobody deploys the former.</summary>
public static class HostPlaces
{
    private static readonly string[] s_system = ["/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/opt", "/etc", "/proc", "/sys", "/dev", "/nix", "/gnu", "/snap", "/home/linuxbrew"];

    /// <param name="path">Absolute.</param>
    public static bool IsSystem(string path) => s_system.Any(s => IsWithin(s, path));

    /// <summary>Installed with its interpreter: beside it (<c>venv/bin/gunicorn</c>), or in the library of its folder (<c>node-v22/lib/node_modules/npm</c>).</summary>
    /// <param name="interpreter">Absolute; anything else has nothing beside it.</param>
    public static bool IsBeside(string interpreter, string path) =>
        Path.IsPathRooted(interpreter) && Path.GetDirectoryName(interpreter) is { } folder && Path.GetFileName(folder) is "bin"
        && (Path.GetDirectoryName(path) == folder || IsWithin(Path.Combine(Path.GetDirectoryName(folder)!, "lib"), path));

    /// <summary>The folder on this host that a source is taken from; null when it is elsewhere or an archive.</summary>
    public static string? OriginOf(SourceSpec? source) => source switch
    {
        GitSourceSpec { IsLocal: true } git when git.Repository != "/" => Path.TrimEndingDirectorySeparator(git.Repository),
        DirectorySourceSpec directory when directory.Directory != "/" => Path.TrimEndingDirectorySeparator(directory.Directory),
        _ => null,
    };

    public static bool IsWithin(string root, string path) => path == root || path.StartsWith(root + "/", StringComparison.Ordinal);
}
