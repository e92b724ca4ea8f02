using Mainstay.Cli.Connection;
using Mainstay.Contracts;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Parsing;

namespace Mainstay.Cli.Manifest;

/// <summary>A manifest as this command read it.</summary>
internal sealed record ReadManifest(ManifestSource Source, ManifestResult Result);

/// <summary>Finds, reads and understands the manifest.</summary>
internal static class ManifestFile
{
    /// <summary>Throws <see cref="CommandFailedException"/> when there is no such file or it cannot be read.</summary>
    public static ReadManifest Read(string? named, CliHost host)
    {
        var file = ManifestFinder.Find(named, host.Directory);
        var path = Path.GetFullPath(file, host.Directory);
        var source = new ManifestSource(file, Path.GetDirectoryName(path)!, Text(file, path), host.Environment);
        return new(source, ManifestReader.Read(source, inner => BoundedFile.Read(inner)));
    }

    private static string Text(string file, string path)
    {
        var read = BoundedFile.Read(path);
        return read.Text ?? throw new CommandFailedException(ExitCode.Problems, $"{file} {read.Fault}", "fix: make it a manifest that you can read, or name another file by -f");
    }
}
