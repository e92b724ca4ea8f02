using System.Diagnostics;
using System.Text.Json;
using Mainstay.Harness.Processes;

namespace Mainstay.Harness.Product;

/// <summary>One user's machine in small: an own MAINSTAY_HOME and an own folder with a manifest. Disposing it leaves no process behind.</summary>
public sealed class MainstayHome : IAsyncDisposable
{
    public static readonly TimeSpan CommandDeadline = TimeSpan.FromSeconds(60);

    private MainstayHome(string root)
    {
        Root = root;
        Directory.CreateDirectory(Folder);
        Directory.CreateDirectory(Home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Holds both folders below; its name is unique, and so a mark by which our processes are known.</summary>
    public string Root { get; }

    public string Home => Path.Combine(Root, "home");

    /// <summary>Where the manifest lies and the commands run.</summary>
    public string Folder => Path.Combine(Root, "app");

    public string Manifest => Path.Combine(Folder, "mainstay.yaml");

    /// <summary>Added to the environment of every command.</summary>
    public List<(string Name, string Value)> Environment { get; } = [];

    public static MainstayHome Create(string manifest = "")
    {
        // /tmp and a short name: a unix socket's path holds 107 bytes. Others may enter, because services run as other users too.
        var root = Directory.CreateTempSubdirectory("ms-").FullName;
        File.SetUnixFileMode(root, (UnixFileMode)0b111_101_101);
        var home = new MainstayHome(root);
        if (manifest.Length > 0)
        {
            home.Declare(manifest);
        }

        return home;
    }

    /// <summary>Replaces the manifest.</summary>
    public void Declare(string manifest) => File.WriteAllText(Manifest, manifest);

    public string Write(string name, string text, int mode = 0b110_100_100)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)mode);
        return path;
    }

    public void Remove(string name) => File.Delete(Path.Combine(Folder, name));

    /// <summary>Runs one command and waits for its end.</summary>
    public Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(CommandDeadline, arguments);

    public Task<CommandResult> RunAsync(TimeSpan deadline, params string[] arguments) =>
        Child.RunAsync(MainstayProgram.Path, arguments, Folder, CommandEnvironment, deadline);

    /// <summary>Runs one command that goes on, such as <c>logs -f</c>.</summary>
    public Child Start(params string[] arguments) => Child.Start(MainstayProgram.Path, arguments, Folder, CommandEnvironment);

    /// <summary><c>up</c>, which must succeed.</summary>
    public async Task<CommandResult> UpAsync(params string[] arguments) => (await RunAsync(["up", .. arguments])).MustExit(0);

    public async Task<StatusView> StatusAsync()
    {
        var result = await RunAsync("status", "--json");
        try
        {
            return StatusView.Parse(result.MustExit(0).Out);
        }
        catch (JsonException e)
        {
            throw new HarnessException($"`status --json` is not the documented JSON: {e.Message}\n{result.Out}", e);
        }
    }

    public async Task<CheckView> CheckAsync(params string[] arguments)
    {
        var result = await RunAsync(["check", "--json", .. arguments]);
        return result.ExitCode is 0 or 3 or 1 ? CheckView.Parse(result.Out) : throw new HarnessException($"check exited with {result.ExitCode}: {result.Screen}");
    }

    /// <summary>Waits until the status is as wanted, and returns it.</summary>
    public Task<StatusView> BecomesAsync(string what, Func<StatusView, bool> satisfies, TimeSpan? deadline = null) =>
        Eventually.BecomesAsync(what, StatusAsync, satisfies, deadline);

    /// <summary>The lines that <c>logs SERVICE -n N</c> shows.</summary>
    public async Task<string[]> LogsAsync(string service, int count = 1000) =>
        (await RunAsync("logs", service, "-n", $"{count}")).MustExit(0).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public Task<string[]> LogsShowAsync(string service, string text, TimeSpan? deadline = null) =>
        Eventually.BecomesAsync($"the log of {service} holds \"{text}\"", () => LogsAsync(service),
            lines => lines.Any(l => l.Contains(text, StringComparison.Ordinal)), deadline, lines => string.Join('\n', lines.TakeLast(20)));

    /// <summary>Ends the daemon as the kernel or an angry operator does, and returns once it is gone.</summary>
    public async Task<StatusView> KillDaemonAsync()
    {
        var status = await StatusAsync();
        await KillAsync(status.Daemon.Pid);
        return status;
    }

    public static async Task KillAsync(int pid)
    {
        if (ProcessMark.Of(pid) is { } process)
        {
            process.Send(Signal.Kill);
            await Eventually.TrueAsync($"process {pid} is gone", () => !process.IsAlive);
        }
    }

    /// <summary>Every living process of this home: daemon, edge, services and their descendants.</summary>
    public IReadOnlyList<ProcessMark> Processes() => ProcFs.Mentioning(Root);

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (Processes().Count > 0)
            {
                await RunAsync(TimeSpan.FromSeconds(20), "down", "--daemon");
            }
        }
        catch (HarnessException e)
        {
            Trace.WriteLine(e.Message); // The test's own failure says more; what is left is killed below.
        }

        foreach (var left in Processes())
        {
            left.Send(Signal.Kill);
        }

        if (System.Environment.GetEnvironmentVariable("MAINSTAY_KEEP") != "1")
        {
            await Eventually.TrueAsync("no process is left", () => Processes().Count == 0, TimeSpan.FromSeconds(5));
            Directory.Delete(Root, recursive: true);
        }
    }

    private IEnumerable<(string, string)> CommandEnvironment => [("MAINSTAY_HOME", Home), ("NO_COLOR", "1"), .. Environment];
}
