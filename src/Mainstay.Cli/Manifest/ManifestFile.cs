using System.Text;
using Mainstay.Cli.Connection;
using Mainstay.Contracts;
using Mainstay.Spec.Parsing;

namespace Mainstay.Cli.Manifest;

/// <summary>A manifest as this command read it.</summary>
internal sealed record ReadManifest(ManifestSource Source, ManifestResult Result);

/// <summary>Finds, reads and understands the manifest.</summary>
internal static class ManifestFile
{
    /// <summary>No manifest of people is near this; a log file given by mistake is.</summary>
    private const long MaxBytes = 4 * 1024 * 1024;

    /// <summary>Throws <see cref="CommandFailedException"/> when there is no such file or it cannot be read.</summary>
    public static ReadManifest Read(string? named, CliHost host)
    {
        var file = ManifestFinder.Find(named, host.Directory);
        var path = Path.GetFullPath(file, host.Directory);
        var source = new ManifestSource(file, Path.GetDirectoryName(path)!, Text(file, path), host.Environment);
        return new(source, ManifestReader.Read(source, TextOrNull));
    }

    /// <summary>A file that the manifest names; that it cannot be read becomes a problem with the manifest's line.</summary>
    private static string? TextOrNull(string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaxBytes ? File.ReadAllText(path, Encoding.UTF8) : null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return null;
        }
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
