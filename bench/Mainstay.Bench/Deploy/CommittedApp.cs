using System.Globalization;
using Mainstay.Harness.Processes;
using Mainstay.Testing;

namespace Mainstay.Bench.Deploy;

/// <summary>A git repository with a Node service, its one dependency committed with it, and a new version whenever one is asked for.</summary>
internal sealed class CommittedApp : IDisposable
{
    public CommittedApp()
    {
        var node = Path.Combine(Repository.Root(), "tests/node");
        File.Copy(Path.Combine(node, "app.js"), Path.Combine(Folder, "app.js"));
        CopyFolder(Path.Combine(node, "node_modules/ws"), Path.Combine(Folder, "node_modules/ws"));
        File.WriteAllText(Path.Combine(Folder, "package.json"), """{ "name": "app", "version": "1.0.0", "private": true }""");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("deployed-").FullName;

    public async Task InitAsync()
    {
        (await GitAsync("init", "-q", "-b", "main")).MustExit(0);
        await CommitAsync(0);
    }

    public async Task CommitAsync(int version)
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "VERSION"), version.ToString(CultureInfo.InvariantCulture));
        (await GitAsync("add", "-A", "-f")).MustExit(0);
        (await GitAsync("-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", $"version {version}")).MustExit(0);
    }

    public Task<CommandResult> GitAsync(params string[] arguments) => Child.RunAsync("git", ["-C", Folder, .. arguments], Folder, [], TimeSpan.FromMinutes(1));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
