using System.Runtime.InteropServices;
using Mainstay.Contracts;
using Mainstay.Daemon.Api;
using Mainstay.Daemon.Lifecycle;
using Mainstay.Journal;
using Mainstay.Linux.Files;
using Mainstay.Spec.Shipped;
using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon;

/// <summary>The daemon's process: takes the home, takes over what runs, answers the API until it is told to end.</summary>
public static class DaemonRole
{
    /// <summary><c>mainstay daemon [--home PATH]</c>. Stays in the foreground; commands and systemd start it in the background.</summary>
    /// <param name="settings">Reads settings of the services that ship with Mainstay, before they are started.</param>
    public static async Task<int> RunAsync(string[] args, SettingsReader? settings = null)
    {
        if (HomeOf(args) is not { } home)
        {
            await Console.Error.WriteLineAsync("mainstay: usage: mainstay daemon [--home PATH]");
            return (int)ExitCode.WrongUsage;
        }

        if (!home.HasRoomForSockets)
        {
            await Console.Error.WriteLineAsync($"mainstay: the path {home.Root} is too long: its sockets (the longest is {home.LongestSocket}) may have at most {HomeLayout.MaxSocketPath} bytes");
            return (int)ExitCode.Failed;
        }

        try
        {
            HomeFolders.Create(home);
            var note = $"{Environment.ProcessId}\n";
            using var homeLock = FileLock.TryAcquire(home.DaemonLock, note) ?? (Systemd.StartedUs(Environment.GetEnvironmentVariable) ? AwaitLock(home, note) : null);
            if (homeLock is null)
            {
                await Console.Error.WriteLineAsync($"mainstay: another daemon already runs in {home.Root} ({Holder(home) ?? "it"} holds {home.DaemonLock})");
                return (int)ExitCode.Failed;
            }

            return await RunAsync(home, settings);
        }
        catch (Exception e) when (e is JournalException or IOException or UnauthorizedAccessException or Linux.Interop.LinuxException)
        {
            await Console.Error.WriteLineAsync($"mainstay: the daemon cannot run in {home.Root}: {e.Message}");
            return (int)ExitCode.Failed;
        }
    }

    /// <summary>
    /// A command that ran in the second between a crash and the service manager's restart has started a daemon of its own. Ending here would
    /// only make the manager start us again until it gives up, and leave nobody to start the next daemon after that one's death.
    /// </summary>
    private static FileLock AwaitLock(HomeLayout home, string note)
    {
        var holder = Holder(home) ?? "pid unknown";
        Console.Error.WriteLine($"mainstay: another daemon ({holder}) runs in {home.Root}; waiting for it to end");

        // Closed again before the wait: the daemon that runs may turn the file meanwhile, and then ours would be the old one.
        using (var logFile = new DaemonLogFile(home.DaemonLog, TimeProvider.System))
        {
            logFile.CreateLogger(nameof(DaemonRole)).WaitingForHome(holder, home.Root);
        }

        // No signal is handled yet, so a stop that is asked meanwhile ends the process as it ends any other.
        return FileLock.Acquire(home.DaemonLock, note);
    }

    private static string? Holder(HomeLayout home) => FileLock.ReadNote(home.DaemonLock).Trim() is { Length: > 0 } pid ? $"pid {pid}" : null;

    private static async Task<int> RunAsync(HomeLayout home, SettingsReader? settings)
    {
        using var logFile = new DaemonLogFile(home.DaemonLog, TimeProvider.System);
        using var loggers = LoggerFactory.Create(logging => logging
            .AddProvider(logFile)
            .AddFilter("Microsoft", LogLevel.Warning));
        var identity = new DaemonIdentity(home, TimeProvider.System);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => StopOn(context, identity));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => StopOn(context, identity));

        // The terminal of the command that started us may close; that is no reason to end.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);

        var logger = loggers.CreateLogger(nameof(DaemonRole));
        logger.DaemonStarted(DaemonIdentity.Version, home.Root, identity.Pid);
        await using var daemon = await DaemonComposition.StartAsync(identity, settings, loggers, CancellationToken.None);
        await using (await ApiServer.StartAsync(home, daemon.Router.HandleAsync, loggers, CancellationToken.None))
        {
            MemoryTrim.Run();
            logger.DaemonEnds(await identity.Stopping);
        }

        return (int)ExitCode.Done;
    }

    private static void StopOn(PosixSignalContext context, DaemonIdentity identity)
    {
        context.Cancel = true;
        identity.AskToStop($"received {context.Signal}");
    }

    private static HomeLayout? HomeOf(string[] args) => args switch
    {
        [] => Resolve(null),
        ["--home", var path] => Resolve(path),
        _ => null,
    };

    private static HomeLayout? Resolve(string? named)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in new[] { "MAINSTAY_HOME", "HOME" })
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                variables[name] = value;
            }
        }

        return HomeLayout.Resolve(named, variables, Environment.CurrentDirectory, Environment.IsPrivilegedProcess);
    }
}
