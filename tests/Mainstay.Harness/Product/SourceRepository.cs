using Mainstay.Harness.Processes;
using Mainstay.Testing;

namespace Mainstay.Harness.Product;

/// <summary>A git repository with the tests' service in it (<c>tests/node/released</c>), and the person who commits to it.</summary>
public sealed class SourceRepository
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private SourceRepository(string path) => Path = path;

    public string Path { get; private set; }

    /// <summary>A repository whose first commit is version 1.</summary>
    public static async Task<SourceRepository> CreateAsync(string path)
    {
        Directory.CreateDirectory(path);
        var repository = new SourceRepository(path);
        await repository.GitAsync("init", "-q", "-b", "main", ".");
        await repository.GitAsync("config", "user.name", "Ada Tester");
        await repository.GitAsync("config", "user.email", "ada@example.com");
        await repository.GitAsync("config", "commit.gpgsign", "false");
        repository.Write("server.js", await File.ReadAllTextAsync(System.IO.Path.Combine(Repository.Root(), "tests/node/released/server.js")));
        repository.Write("package.json", """{ "name": "released", "version": "1.0.0" }""");
        await repository.CommitVersionAsync("1");
        return repository;
    }

    /// <summary>The repository that is there, or a new one.</summary>
    public static Task<SourceRepository> OpenAsync(string path) => Directory.Exists(path) ? Task.FromResult(new SourceRepository(path)) : CreateAsync(path);

    public void Write(string name, string text)
    {
        var file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <param name="more">What else the release is, as members of a JSON object: <c>"neverReady": true</c>.</param>
    public Task<string> CommitVersionAsync(string version, string more = "")
    {
        Write("release.json", $$"""{ "version": "{{version}}"{{(more.Length == 0 ? "" : $", {more}")}} }""");
        return CommitAsync($"version {version}");
    }

    /// <summary>Commits everything that lies there; the commit's id.</summary>
    public async Task<string> CommitAsync(string subject)
    {
        await GitAsync("add", "-A", "-f", ".");
        await GitAsync("commit", "-q", "--allow-empty", "-m", subject);
        return (await GitAsync("rev-parse", "HEAD")).Trim();
    }

    public async Task<string> GitAsync(params string[] arguments) =>
        (await Child.RunAsync("git", arguments, Path, [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")], Patience)).MustExit(0).Out;

    /// <summary>Takes it away, as a network does that is not there.</summary>
    public void Vanish()
    {
        Directory.Move(Path, Path + ".away");
        Path += ".away";
    }
}
