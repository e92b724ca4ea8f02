using System.Diagnostics;

namespace Mainstay.Rollout.Tests;

/// <summary>A folder of a test's own, with files and git repositories made in one line each.</summary>
internal sealed class Sandbox : IDisposable
{
    public Sandbox() => Root = Directory.CreateTempSubdirectory("rollout-").FullName;

    public string Root { get; }

    public string this[string path] => Path.Combine(Root, path);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public string Write(string path, string text)
    {
        var file = this[path];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    public string Folder(string path) => Directory.CreateDirectory(this[path]).FullName;

    public void Link(string path, string target) => File.CreateSymbolicLink(this[path], target);

    /// <summary>Files below the folder, without <c>.git</c>.</summary>
    public string[] Files(string folder) =>
    [
        .. Directory.EnumerateFiles(this[folder], "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(this[folder], f))
            .Where(f => !f.Split('/').Contains(".git"))
            .Order(StringComparer.Ordinal),
    ];

    public string Repository(string folder)
    {
        Folder(folder);
        Git(folder, "init", "-q", "-b", "main");
        return this[folder];
    }

    public string Commit(string folder, string subject)
    {
        Git(folder, "add", "-A");
        Git(folder, "commit", "-q", "--allow-empty", "-m", subject);
        return Git(folder, "rev-parse", "HEAD");
    }

    public string Git(string folder, params string[] arguments) =>
        Run(folder, ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "protocol.file.allow=always", .. arguments]);

    public string Run(string folder, params string[] argv)
    {
        using var process = Process.Start(new ProcessStartInfo(argv[0], argv.Skip(1)) { WorkingDirectory = this[folder], RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"{string.Join(' ', argv)}: {error.GetAwaiter().GetResult()}{output}");
    }
}
