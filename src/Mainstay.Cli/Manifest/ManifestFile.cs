using System.Text;
using Mainstay.Cli.Connection;
using Mainstay.Contracts;
using Mainstay.Spec.Parsing;

namespace Mainstay.Cli.Manifest;

/// <summary>Reads the manifest's text and the variables that it names.</summary>
internal static class ManifestFile
{
    /// <summary>No manifest of people is near this; a log file given by mistake is.</summary>
    private const long MaxBytes = 4 * 1024 * 1024;

    /// <summary>Throws <see cref="CommandFailedException"/> when there is no such file or it cannot be read.</summary>
    public static ManifestSource Read(string? named, CliHost host)
    {
        var file = ManifestFinder.Find(named, host.Directory);
        var path = Path.GetFullPath(file, host.Directory);
        var text = Text(file, path);
        return new(file, Path.GetDirectoryName(path)!, text, NamedVariables.In(text, host.Environment));
    }

    private static string Text(string file, string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw new CommandFailedException(ExitCode.Problems, $"{file} is larger than {MaxBytes / 1024 / 1024} MiB; this is not a manifest", "try: -f <file> with the right file");
            }

            // Bytes that are not UTF-8 become U+FFFD, which the reader then reports with its line.
            return File.ReadAllText(path, Encoding.UTF8);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new CommandFailedException(ExitCode.Problems, $"{file} cannot be read: {e.Message}", "fix: make it readable for you, or name another file by -f");
        }
    }
}
