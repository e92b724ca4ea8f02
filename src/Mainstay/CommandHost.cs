using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using Mainstay.Cli;
using Mainstay.Contracts;
using Mainstay.Linux.Files;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Processes;

namespace Mainstay;

/// <summary>What a command gets from this process: its streams, its environment, and the way to start a daemon.</summary>
internal static class CommandHost
{
    /// <summary>A daemon lives on for months: the shell that happened to start it leaves nothing else behind in it.</summary>
    private static readonly HashSet<string> DaemonVariables = new(StringComparer.Ordinal)
    {
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "DOTNET_ROOT", "DOTNET_ROOT_X64", "SSL_CERT_DIR", "SSL_CERT_FILE",
    };

    /// <summary>
    /// The daemon decides much and computes little: it counts no calls in order to compile some code again, and collects what it allocates after
    /// half a megabyte instead of several. Together 13 MB (docs/decisions, a small daemon).
    /// </summary>
    private static readonly KeyValuePair<string, string>[] SmallRuntime = [new("DOTNET_TC_CallCounting", "0"), new("DOTNET_GCgen0size", "0x80000")];

    public static async Task<int> RunAsync(string[] args)
    {
        using var interrupted = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            interrupted.Cancel();
        });
        await using var output = new StreamWriter(StandardStream.Output(), new UTF8Encoding(false), 16 * 1024);
        await using var error = new StreamWriter(StandardStream.Error(), new UTF8Encoding(false), 1024) { AutoFlush = true };
        return await CliRole.RunAsync(args, new CliHost
        {
            Out = output,
            Error = error,
            Environment = Variables(),
            Directory = Directory.GetCurrentDirectory(),
            Time = TimeProvider.System,
            Settings = Roles.SettingFaults,
            StartDaemon = StartDaemonAsync,
            IsTerminal = !Console.IsOutputRedirected,
            Size = () => new TerminalSize(Math.Max(20, Console.WindowWidth), Math.Max(5, Console.WindowHeight)),
            ReadKey = ReadKeyAsync,
            Interrupted = interrupted.Token,
            IsRoot = Environment.IsPrivilegedProcess,
        });
    }

    private static Task<StartedDaemon> StartDaemonAsync(HomeLayout home, CancellationToken token)
    {
        // What the runtime or a library prints outside our log (a crash, for one) goes to the end of the same file.
        using var log = File.OpenHandle(home.DaemonLog, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        var output = ChildOutput.ToDescriptor((int)log.DangerousGetHandle());
        var outcome = new Spawner(Path.Combine(home.Run, "start")).Spawn(new SpawnSpec
        {
            Argv = [Environment.ProcessPath!, "daemon", "--home", home.Root],
            Directory = "/",
            Environment = Variables().Where(v => DaemonVariables.Contains(v.Key)).Concat(SmallRuntime),
            Stdout = output,
            Stderr = output,
        });
        return Task.FromResult(outcome switch
        {
            SpawnOutcome.Started(var process) => new StartedDaemon(process.Identity.Pid, ExitTextAsync(process)),
            SpawnOutcome.Failed(var stage, _, var message) => new StartedDaemon(0, Task.FromResult($"{stage.Phrase()}: {message}")),
            _ => throw new InvalidOperationException($"unknown outcome {outcome}"),
        });
    }

    private static async Task<string> ExitTextAsync(PidFd process)
    {
        using var loop = new EventLoop(_ => { });
        return await process.Follow(loop).Exited switch
        {
            { Code: { } code } => $"it exited with code {code}",
            { Signal: { } signal } => $"it was killed by signal {signal}",
            _ => "it ended",
        };
    }

    private static async Task<char?> ReadKeyAsync(CancellationToken token)
    {
        if (Console.IsInputRedirected)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        }

        while (!Console.KeyAvailable)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, token);
        }

        return Console.ReadKey(intercept: true).KeyChar;
    }

    public static Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        return variables;
    }
}
