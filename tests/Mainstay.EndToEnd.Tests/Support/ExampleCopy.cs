using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;
using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Support;

/// <summary>An example as its README lets a user copy it: a folder of its own in a home of its own, here on free ports as well.</summary>
internal sealed class ExampleCopy : IAsyncDisposable
{
    /// <summary>A deploy builds with npm, on a machine that others use too.</summary>
    public static readonly TimeSpan DeployDeadline = TimeSpan.FromMinutes(3);

    private ExampleCopy(MainstayHome home) => Home = home;

    public MainstayHome Home { get; }

    /// <param name="changes">Made in each file of the example's first level; each must have something to change.</param>
    public static ExampleCopy Of(string name, params (string From, string To)[] changes)
    {
        var (from, copy) = (Path.Combine(Repository.Root(), "examples", name), new ExampleCopy(MainstayHome.Create()));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(f => !f.Contains("/node_modules/", StringComparison.Ordinal)))
        {
            var to = Path.Combine(copy.Home.Folder, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        foreach (var (before, after) in changes)
        {
            copy.ChangeAll(before, after);
        }

        return copy;
    }

    public string Text(string file) => File.ReadAllText(Path.Combine(Home.Folder, file));

    public void Change(string file, string from, string to)
    {
        var text = Text(file);
        File.WriteAllText(
            Path.Combine(Home.Folder, file),
            text.Contains(from, StringComparison.Ordinal) ? text.Replace(from, to, StringComparison.Ordinal) : throw new HarnessException($"{file} does not hold \"{from}\""));
    }

    /// <summary>Runs a program in the folder; it must succeed.</summary>
    public async Task<string> RunAsync(string program, params string[] arguments) =>
        (await Child.RunAsync(program, arguments, Home.Folder, [], DeployDeadline)).MustExit(0).Out;

    /// <summary>Everything in the folder becomes a commit, the first one with a repository around it.</summary>
    /// <returns>The commit.</returns>
    public async Task<string> CommitAsync(string subject)
    {
        await RunAsync("git", "init", "--quiet", "--initial-branch", "main");
        await RunAsync("git", "add", "--all");
        await RunAsync("git", "-c", "user.name=Test", "-c", "user.email=test@example.invalid", "commit", "--quiet", "--message", subject);
        return (await RunAsync("git", "rev-parse", "HEAD")).Trim();
    }

    public Task<CommandResult> DeployAsync(params string[] arguments) => Home.RunAsync(DeployDeadline, ["deploy", .. arguments]);

    public ValueTask DisposeAsync() => Home.DisposeAsync();

    private void ChangeAll(string from, string to)
    {
        var files = Directory.GetFiles(Home.Folder).Select(f => Path.GetFileName(f)).Where(f => Text(f).Contains(from, StringComparison.Ordinal)).ToArray();
        if (files.Length == 0)
        {
            throw new HarnessException($"no file of {Home.Folder} holds \"{from}\"");
        }

        foreach (var file in files)
        {
            Change(file, from, to);
        }
    }
}
