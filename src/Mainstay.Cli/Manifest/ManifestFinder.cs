using Mainstay.Cli.Connection;
using Mainstay.Contracts;

namespace Mainstay.Cli.Manifest;

/// <summary>Which manifest a command means.</summary>
internal static class ManifestFinder
{
    public const string Name = "mainstay.yaml";

    /// <summary>Whether a word on the command line can be meant as a manifest: an existing YAML file, or a folder that holds one.</summary>
    public static bool IsManifest(string word, string directory)
    {
        var path = Path.GetFullPath(word, directory);
        return Directory.Exists(path)
            ? File.Exists(Path.Combine(path, Name))
            : File.Exists(path) && Path.GetExtension(path) is ".yaml" or ".yml";
    }

    /// <summary>The path of the manifest as the user would name it. Throws <see cref="CommandFailedException"/> (exit 2) when there is none.</summary>
    public static string Find(string? named, string directory) => named is null ? Upwards(directory) : Named(named, directory);

    private static string Named(string named, string directory)
    {
        var path = Path.GetFullPath(named, directory);
        if (File.Exists(path))
        {
            return named;
        }

        if (!Directory.Exists(path))
        {
            throw new CommandFailedException(ExitCode.WrongUsage, $"there is no file or folder {named}", $"it would be {path}");
        }

        return File.Exists(Path.Combine(path, Name))
            ? Path.Combine(named, Name)
            : throw new CommandFailedException(ExitCode.WrongUsage, $"the folder {named} holds no {Name}", $"try: mainstay init {named}");
    }

    private static string Upwards(string directory)
    {
        for (var folder = directory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var path = Path.Combine(folder, Name);
            if (File.Exists(path))
            {
                return Path.GetRelativePath(directory, path);
            }
        }

        throw new CommandFailedException(
            ExitCode.WrongUsage,
            $"there is no {Name} in {directory} or in any folder above it",
            "try: -f <file or folder> to name it",
            "try: mainstay init   to write one");
    }
}
